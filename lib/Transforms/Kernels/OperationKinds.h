#ifndef CONVOPT_TRANSFORMS_OPERATIONKINDS_H
#define CONVOPT_TRANSFORMS_OPERATIONKINDS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace convopt {

/// Whether a kernel computes `op` itself rather than taking its result as an
/// argument, for each kernel anew: it costs nothing, and reading it would.
/// (Empty tensors, fills with a constant, splats, scalars, broadcasts.)
bool isRecomputed(mlir::Operation *op);

/// Computes each element of its one result from the elements of its operands
/// at the same place, or at the place of a broadcast.
bool isElementwise(mlir::Operation *op);

/// Reduces one tensor of which it reads each element once, as a sum or a
/// maximum of rows does; not a pooling, not a product.
bool isRowReduction(mlir::Operation *op);

/// Whether `use`, of a linalg operation, is an initial value that gives the
/// shape alone.
bool isUnread(mlir::OpOperand &use);

/// `op` reads `value` only where it writes, each element once.
bool readsInPlace(mlir::linalg::LinalgOp op, mlir::Value value);

/// The operands that `op`, element-wise, reads of kernels of their own, of what
/// sums up or takes maxima: all such but the last of them in the block, into
/// whose kernel it goes.
llvm::SmallVector<mlir::OpOperand *> storedOperands(mlir::linalg::GenericOp op);

/// A slice that is one piece of memory: it needs no copy.
bool isContiguous(mlir::tensor::ExtractSliceOp op);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_OPERATIONKINDS_H
