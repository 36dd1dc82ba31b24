#ifndef CONVOPT_IR_INFERCONVLAYER_H
#define CONVOPT_IR_INFERCONVLAYER_H

#include "convopt/IR/ConvTypes.h"
#include "convopt/IR/ConvoptEnums.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include <optional>

namespace convopt {

/// Nothing for types that the elements of a convolution do not have.
std::optional<ElementType> elementTypeOf(mlir::Type type);

/// A convolution as it stands in the IR.
struct ConvOp {
  ConvProblem layer;
  mlir::linalg::LinalgOp op;
  /// Zero padding of the image that is part of the layer; may be null. Of an
  /// image of bytes padding with any number is, which then stands for zero.
  mlir::tensor::PadOp pad;
  int64_t padValue = 0; ///< of the pad, as the image's type has it
  /// The image before padding, the filter, the initial value of the result.
  mlir::Value input, filter, init;
  /// Where the channels stand in the image and in the result: last (NHWC,
  /// NHWGC) or not (NCHW, NGCHW).
  Layout inputLayout, outputLayout;
  /// For each dimension of the filter operand what it runs over: 'g' groups,
  /// 'k' output channels, 'c' input channels, 'r' rows, 's' columns.
  llvm::SmallVector<char, 5> filterDims;
};

/// Reads the convolution off the loops and maps of `op`, so that every layout,
/// named or generic, goes through the same code. Nothing for pooling, for
/// other ops, for other than two spatial dimensions, for shapes not known at
/// compile time and for elements that are no ElementType. Zero padding by a
/// tensor.pad that only this op uses is seen as part of the layer.
std::optional<ConvOp> matchConvolution(mlir::linalg::LinalgOp op);

/// Whether the body adds the product of two inputs to the result and does
/// nothing else: a generic op can have a convolution's maps and compute
/// something different. Inputs are of floating point, or bytes that are
/// extended to the i32 of the result, each as its extension says with a sign or
/// without. An image of halves may be extended to the f32 of the result where a
/// primitive has been chosen, which then multiplies such halves.
bool multipliesAndAdds(mlir::linalg::LinalgOp op);

/// The geometry and the types alone.
std::optional<ConvProblem> getConvLayer(mlir::linalg::LinalgOp op);

} // namespace convopt

#endif // CONVOPT_IR_INFERCONVLAYER_H
