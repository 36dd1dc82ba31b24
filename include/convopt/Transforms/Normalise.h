#ifndef CONVOPT_TRANSFORMS_NORMALISE_H
#define CONVOPT_TRANSFORMS_NORMALISE_H

#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// Computes element-wise operations, transpositions and reshapes whose f32
/// operands are all constant, unless the result would be large where they are
/// small. Only what every host rounds alike is computed. Data of constants
/// that are replaced is released, so no other module may share it.
void foldConstants(mlir::ModuleOp module);

/// Folds multiplications and additions of constants for each channel, which
/// is what batch normalisation is at inference, into the constant filter and
/// the initial value of the convolution before them. Sums and products are in
/// double precision. Data of filters that are replaced is released, so no
/// other module may share it.
void foldAffine(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_NORMALISE_H
