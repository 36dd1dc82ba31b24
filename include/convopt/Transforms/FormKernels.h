#ifndef CONVOPT_TRANSFORMS_FORMKERNELS_H
#define CONVOPT_TRANSFORMS_FORMKERNELS_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace convopt {

/// Moves the operations of every function on tensors into kernels, each a
/// group that is computed in one go, and launches them. A convolution with a
/// primitive is grouped with its zero padding, its initial value and the
/// element-wise operations after it; what `mayStand` refuses, free reshapes and
/// contiguous slices stay. Kernels of equal content are shared.
/// Convolutions write right where a concatenation wants them: the result of
/// such a kernel is an insertion into tensor.empty, and it leaves the rest of
/// what its launch is given as it is.
void formKernels(mlir::ModuleOp module,
                 llvm::function_ref<bool(mlir::Operation *)> mayStand);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_FORMKERNELS_H
