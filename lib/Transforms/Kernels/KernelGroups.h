#ifndef CONVOPT_TRANSFORMS_KERNELGROUPS_H
#define CONVOPT_TRANSFORMS_KERNELGROUPS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace convopt {

/// Operations of one block that become one kernel, in their order. Only the
/// results of the last one are used outside of the group, so a launch in its
/// place sees all operands.
struct KernelGroup {
  llvm::SmallVector<mlir::Operation *> ops;
  /// The operation the group formed around: the convolution, the pooling.
  mlir::Operation *anchor = nullptr;
  /// What its operations compute of one element each.
  unsigned scalarOps = 0;
  mlir::Operation *root() const { return ops.back(); }
};

/// Divides the operations of `block` that `mayStand` allows in a kernel into
/// groups, in the order of their roots. Recomputed operations belong to none,
/// unless something outside of every group needs them.
std::vector<KernelGroup>
groupOperations(mlir::Block &block,
                llvm::function_ref<bool(mlir::Operation *)> mayStand);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_KERNELGROUPS_H
