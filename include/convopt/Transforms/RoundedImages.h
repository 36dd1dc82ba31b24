#ifndef CONVOPT_TRANSFORMS_ROUNDEDIMAGES_H
#define CONVOPT_TRANSFORMS_ROUNDEDIMAGES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <vector>

namespace convopt {

/// The type, bf16 or f16, that all who read `image` round it to: primitives of
/// convolutions, padded or not, and element-wise operations that begin with it
/// and read it from memory; through reshapes and maxima of windows, too. Null
/// if there is none, or if somebody else reads it whom `mayRead` does not let;
/// nobody else may without that.
mlir::Type
roundedType(mlir::Value image,
            llvm::function_ref<bool(mlir::OpOperand &)> mayRead = nullptr);

/// Whether an element-wise linalg.generic reads `use`, and no more of it than
/// the element at its own place, as others do that it may be fused with.
bool isReadElementwise(mlir::OpOperand &use);

/// Whether a depthwise convolution, channels last, reads the image of `use` in
/// single precision. It extends bf16 as it loads it.
bool isReadByDepthwise(mlir::OpOperand &use);

/// Whether `image`, whose elements are such `halves`, extended, may be stored
/// as these: by those who round it to them and, beside them, element-wise
/// operations and, if they are bf16, depthwise convolutions.
bool mayBeStoredAs(mlir::Type halves, mlir::Value image);

/// The images of `func` that could be stored as bf16 if they were rounded, too,
/// for those who read them as they are: results of element-wise linalg.generic
/// operations read by a convolution that rounds them to bf16 and by
/// element-wise ones. Each is named by the place of the operand that it is the
/// initial value's, among those of all such operations. Expects chosen
/// primitives. Places are the same in a copy of the function.
std::vector<int64_t> roundableImages(mlir::func::FuncOp func);

/// As that, images of at least so many bytes in single precision that depthwise
/// convolutions read, so that halves save more than it takes to extend them.
std::vector<int64_t> roundableForDepthwise(mlir::func::FuncOp func,
                                           int64_t least);

/// As that, the sums of convolutions in bf16 that only an addition, or the
/// like, reads, into whose kernel another convolution goes: each by the place
/// of the operand that reads it.
std::vector<int64_t> roundableSums(mlir::func::FuncOp func);

/// Has these rounded to bf16, and extended again, by who computes images and
/// by who reads sums.
void roundImages(mlir::func::FuncOp func, llvm::ArrayRef<int64_t> images);

/// Says of `op` that it rounds what a choice in fewer bits multiplies.
void markRounding(mlir::arith::TruncFOp op);

/// The number that `op` yields before it is extended to single precision, if
/// that is the last that it does; null if not.
mlir::Value yieldedHalf(mlir::Operation *op);

/// The type of halves of which all elements of `image` are, extended to single
/// precision: what yields such, its maxima over windows, reshaped or not. Null
/// if nothing says so.
mlir::Type heldHalves(mlir::Value image);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_ROUNDEDIMAGES_H
