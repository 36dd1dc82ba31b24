#ifndef CONVOPT_LIB_TRANSFORMS_TERM_H
#define CONVOPT_LIB_TRANSFORMS_TERM_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <optional>
#include <vector>

namespace convopt {

/// What a constant says of a tensor's elements: one number for all, or one for
/// each place along some dimensions of it, ascending, row-major.
struct Numbers {
  std::vector<double> values;
  llvm::SmallVector<int64_t> dims;

  bool isOne() const { return dims.empty(); }
};
bool operator==(const Numbers &a, const Numbers &b);

/// An operand of a body times and minus constants: (argument - zero) * scale.
struct Term {
  unsigned argument;
  /// How the 8-bit integer was extended; nothing if it is none.
  std::optional<bool> isSigned;
  Numbers zero = {{0}, {}}, scale = {{1}, {}};
};

/// Reads `value`, computed in `body`, as a term of an argument that is
/// `variable`; `constants` gives the numbers that others are, if constant.
std::optional<Term>
readTerm(mlir::Block &body, mlir::Value value,
         llvm::function_ref<bool(unsigned)> variable,
         llvm::function_ref<std::optional<Numbers>(unsigned)> constants);

/// The numbers that `value`, computed in the body of `op`, is along the loops
/// if it is constant: a scalar, an operand, or one of these converted.
std::optional<Numbers> readNumbers(mlir::linalg::GenericOp op,
                                   mlir::Value value);

/// The numbers that operand `i` of `op` is along the dimensions of the loops,
/// if it is constant.
std::optional<Numbers> constantOperand(mlir::linalg::LinalgOp op, unsigned i);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_TERM_H
