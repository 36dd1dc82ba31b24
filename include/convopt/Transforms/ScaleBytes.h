#ifndef CONVOPT_TRANSFORMS_SCALEBYTES_H
#define CONVOPT_TRANSFORMS_SCALEBYTES_H

#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// Where a convolution's primitive reads its constant filter as bytes
/// (Precision::I8Weights), makes the filter whole numbers from -127 to 127 and
/// multiplies its sums by what one of them is worth, for each output channel,
/// before the initial value is added. Expects chosen primitives and filters
/// that are not packed.
void scaleBytes(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_SCALEBYTES_H
