#ifndef CONVOPT_LIB_TRANSFORMS_DECODING_H
#define CONVOPT_LIB_TRANSFORMS_DECODING_H

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

/// The numbers that `value`, computed in the body of `op`, is along the loops if
/// it is constant: a scalar, an operand, or one of these converted.
std::optional<Numbers> readNumbers(mlir::linalg::GenericOp op,
                                   mlir::Value value);

/// The numbers that operand `i` of `op` is along the dimensions of the loops,
/// if it is constant.
std::optional<Numbers> constantOperand(mlir::linalg::LinalgOp op, unsigned i);

/// A tensor of numbers that 8-bit integers stand for: (source - zero) * scale,
/// f32, or i32 if the scale is one and was never multiplied by.
struct Decoding {
  mlir::Value source;
  bool isSigned;
  Numbers zero, scale;
  mlir::Type type; ///< of the elements: f32 or i32

  /// Whether it is the same for all elements, and larger integers stand for
  /// larger numbers.
  bool isUniform() const {
    return zero.isOne() && scale.isOne() && scale.values[0] > 0;
  }
  /// Of a uniform one.
  int64_t zeroPoint() const { return static_cast<int64_t>(zero.values[0]); }
  int64_t least() const { return isSigned ? -128 : 0; }
  /// The integer, as it is stored (with a sign), that stands for `number`.
  std::optional<int64_t> encode(double number) const;
  /// The number that all others are not less than.
  double leastNumber() const {
    return static_cast<double>(least() - zeroPoint()) * scale.values[0];
  }
};
bool operator==(const Decoding &a, const Decoding &b); ///< but for the source

/// What element-wise operation computes `value`, if it is a decoding.
std::optional<Decoding> matchDecoding(mlir::Value value);

/// A linalg.generic that decodes `source` as the uniform `decoding` says.
mlir::Value createDecoding(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value source, const Decoding &decoding);

/// Of a tensor<i8>: the sign of all elements changed, which is the same
/// integers less 128 or more. What was signed is then unsigned.
mlir::Value createFlip(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value source);
/// What `value` is the flip of, or null.
mlir::Value flipped(mlir::Value value);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_DECODING_H
