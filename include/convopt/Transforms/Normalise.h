#ifndef CONVOPT_TRANSFORMS_NORMALISE_H
#define CONVOPT_TRANSFORMS_NORMALISE_H

#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// Computes element-wise operations, transpositions and reshapes whose
/// operands, of f32, i8 or i32, are all constant, unless the result would be
/// large where they are small. Only what every host rounds alike is computed.
/// Data of constants that are replaced is released, so no other module may
/// share it.
void foldConstants(mlir::ModuleOp module);

/// Does arithmetic on constant tensors of a few integers and gives tensors the
/// static shapes that follow, if any in `op` has a shape that is not.
void resolveShapes(mlir::Operation *op);

/// Writes generic operations as the import from ONNX would: loops of one
/// iteration named where a dimension of one element is read, the image before
/// the filter, sums of products instead of multiply-adds, maxima instead of
/// comparisons, without results that nothing reads.
void simplifyGenerics(mlir::Operation *op);

/// Replaces every linalg operation of which a loop has no iterations, since its
/// result is empty or a reduction has nothing to add, by its initial values,
/// and all else that makes tensors without elements by a tensor.empty; leaves
/// such tensors out of concatenations.
void foldEmpty(mlir::Operation *op);

/// Makes every concatenation that begins with all the parts of an earlier one,
/// two or more, one of that one's result and of the parts behind them.
void sharePrefixes(mlir::Operation *op);

/// Makes convolutions of f32 or of bytes in three dimensions whose filter is
/// constant, of any stride, dilation and groups, convolutions in two, and
/// computes what follows them element by element on the same images. Data of
/// filters that are replaced is released, so no other module may share it.
void planarConvolutions(mlir::ModuleOp module);

/// Makes every matrix product with a constant right operand, of f32 or of bytes
/// and without batches, a 1x1 convolution over its rows, so that convolution
/// primitives serve it. The constant's data is shared, not copied.
void matmulToConv(mlir::ModuleOp module);

/// Moves tensor.collapse_shape from before element-wise operations to after
/// them (what joins the groups of a grouped convolution, say), so that these
/// follow directly on what computes their operand.
void sinkReshapes(mlir::Operation *op);

/// Joins element-wise operations, unless something would be computed twice or
/// the result be longer than compiles quickly.
void fuseElementwise(mlir::Operation *op);

/// Gives every convolution and pooling a tensor.pad of its own: padding that
/// only one of them reads is computed in its kernel and never stored.
void unsharePads(mlir::Operation *op);

/// Folds multiplications and additions of constants for each channel, which
/// is what batch normalisation is at inference, into the constant filter and
/// the initial value of the convolution before them. Sums and products are in
/// double precision. Data of filters that are replaced is released, so no
/// other module may share it.
void foldAffine(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_NORMALISE_H
