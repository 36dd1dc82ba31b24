#ifndef CONVOPT_TRANSFORMS_CHOSENERRORS_H
#define CONVOPT_TRANSFORMS_CHOSENERRORS_H

#include "convopt/Primitives/ChoiceError.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace convopt {

/// What a choice does to its convolution's result.
struct ChosenError {
  RoundingError error;
  /// What the weights lose in what precision, times that (see
  /// Primitive::roundingGrowth).
  Precision precision = Precision::Full;
  double growth = 1;
};

/// That of what `func` is annotated with, filters as they are: of each of
/// convolutionsOfFloats, in their order. None where nothing is chosen.
std::vector<ChosenError> chosenErrors(mlir::func::FuncOp func,
                                      const MachineDescription &machine);

/// Gives those convolutions of `func` weights that lose what `errors` say.
void roundFilters(mlir::func::FuncOp func, llvm::ArrayRef<ChosenError> errors);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_CHOSENERRORS_H
