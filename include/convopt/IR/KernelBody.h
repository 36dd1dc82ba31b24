#ifndef CONVOPT_IR_KERNELBODY_H
#define CONVOPT_IR_KERNELBODY_H

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Operation.h"

namespace convopt {

/// Whether `op` may stand in the body of a convopt.kernel: kernel code
/// generation has an answer for it. What may not goes through upstream MLIR
/// lowering, so every legal module compiles.
bool mayStandInKernel(mlir::Operation *op);

/// The insertion, if what a kernel yields is a part, along one dimension, of a
/// tensor.empty: the kernel writes this part of what its launch gives it, and
/// leaves the rest as it is. Otherwise null. In memory, such a kernel is given
/// the address of the part's first element.
mlir::tensor::InsertSliceOp getPartialResult(mlir::Value yielded);

} // namespace convopt

#endif // CONVOPT_IR_KERNELBODY_H
