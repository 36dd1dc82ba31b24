#ifndef CONVOPT_TRANSFORMS_SCALENARROWWEIGHTS_H
#define CONVOPT_TRANSFORMS_SCALENARROWWEIGHTS_H

#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// Where a convolution's primitive reads its constant filter as bytes
/// (Precision::I8Weights), makes the filter whole numbers from -127 to 127;
/// where it reads it in half precision (Precision::F16Weights) and that has too
/// few exponents for a channel, brings this one's largest weight between 0.5
/// and 1. Sums are multiplied by what 1 is worth then (weightUnit), for each
/// output channel, before the initial value is added. Expects chosen primitives
/// and filters that are not packed.
void scaleNarrowWeights(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_SCALENARROWWEIGHTS_H
