#ifndef CONVOPT_TRANSFORMS_SCALARPROGRAM_H
#define CONVOPT_TRANSFORMS_SCALARPROGRAM_H

#include "mlir/IR/Block.h"
#include <optional>
#include <vector>

namespace convopt {

/// What a block computes of f32, i8 and i32 arguments, with the results that
/// the target would have, whatever the host: integers, and only operations on
/// numbers that IEEE 754 rounds correctly. (Exponentials of two math libraries
/// differ in the last bit.) Integers are given and returned with their sign.
class ScalarProgram {
public:
  /// Nothing if the block has an operation that is not among them.
  static std::optional<ScalarProgram> compile(mlir::Block &block);

  /// Whether its arguments, and what it yields, may be of this type.
  static bool isSupported(mlir::Type type);

  double run(llvm::ArrayRef<double> arguments) const;

private:
  // A double holds every f32 and i32, and rounding its sum, product, quotient
  // or root to f32 gives what f32 arithmetic gives: it has more than twice the
  // bits.
  using Function = double (*)(double, double, double);
  struct Instruction {
    Function function;
    unsigned operands[3];
    unsigned bits; ///< of the integer that results; 0: f32, to be rounded
  };
  std::vector<double> initial; ///< Arguments, then constants.
  std::vector<Instruction> instructions;
  unsigned result = 0;
};

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_SCALARPROGRAM_H
