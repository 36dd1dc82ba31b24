#ifndef CONVOPT_TRANSFORMS_ASSIGNLAYOUTS_H
#define CONVOPT_TRANSFORMS_ASSIGNLAYOUTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// Rewrites `func`, one block of operations on tensors, so that every
/// convolution with a convopt.primitive attribute reads and writes the layouts
/// that it names; everything between follows as selectPrimitives planned it
/// (convopt.storage, which is taken off) or, without such a plan, in the
/// layouts that need the least rewriting of tensors. Arguments and results stay
/// row-major as they are. Convolutions without the attribute keep their
/// layouts. The error says which convolution cannot have the layouts it asks
/// for, or which operation the plan does not fit.
llvm::Error assignLayouts(mlir::func::FuncOp func);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_ASSIGNLAYOUTS_H
