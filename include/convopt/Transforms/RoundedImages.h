#ifndef CONVOPT_TRANSFORMS_ROUNDEDIMAGES_H
#define CONVOPT_TRANSFORMS_ROUNDEDIMAGES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <vector>

namespace convopt {

/// The type, bf16 or f16, that the primitives of all convolutions round `image`
/// to that read it, padded or not. Null if there is none, or if somebody else
/// reads it whom `mayRead` does not let; nobody else may without that.
mlir::Type
roundedType(mlir::Value image,
            llvm::function_ref<bool(mlir::OpOperand &)> mayRead = nullptr);

/// Whether an element-wise linalg.generic reads `use`, and no more of it than
/// the element at its own place, as others do that it may be fused with.
bool isReadElementwise(mlir::OpOperand &use);

/// Those linalg.generic operations of `func`, by their place among all, whose
/// result could be stored as bf16 if it were rounded, too, for those who read
/// it as it is: element-wise ones read by a convolution that rounds it to bf16
/// and by element-wise ones. Expects chosen primitives. Places are the same in
/// a copy of the function.
std::vector<int64_t> roundableImages(mlir::func::FuncOp func);

/// Has these operations round what they compute to bf16, and extend it again.
void roundImages(mlir::func::FuncOp func, llvm::ArrayRef<int64_t> images);

/// Says of `op` that it rounds what a choice in fewer bits multiplies.
void markRounding(mlir::arith::TruncFOp op);

/// The number that `op` yields before it is extended to single precision, if
/// that is the last that it does; null if not.
mlir::Value yieldedHalf(mlir::Operation *op);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_ROUNDEDIMAGES_H
