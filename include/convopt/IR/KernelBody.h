#ifndef CONVOPT_IR_KERNELBODY_H
#define CONVOPT_IR_KERNELBODY_H

#include "mlir/IR/Operation.h"

namespace convopt {

/// Whether `op` may stand in the body of a convopt.kernel: kernel code
/// generation has an answer for it. What may not goes through upstream MLIR
/// lowering, so every legal module compiles.
bool mayStandInKernel(mlir::Operation *op);

} // namespace convopt

#endif // CONVOPT_IR_KERNELBODY_H
