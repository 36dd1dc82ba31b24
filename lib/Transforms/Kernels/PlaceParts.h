#ifndef CONVOPT_LIB_TRANSFORMS_PLACEPARTS_H
#define CONVOPT_LIB_TRANSFORMS_PLACEPARTS_H

#include "convopt/IR/ConvoptDialect.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace convopt {

/// Lets convolutions write where a concatenation wants them: its launch becomes
/// a chain of launches, each of which fills one part of the same tensor. What
/// a part is used for besides, or who computes it, may forbid that: such a part
/// is copied. Stays as it is if all parts would be.
void placeParts(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_PLACEPARTS_H
