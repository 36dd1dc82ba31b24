// A convolution in three dimensions, told apart from the order in which its
// tensors have their dimensions, and the one in two dimensions that computes
// it or a part of it. Both have their filter as plain numbers: it is put into
// another order on the way, which a constant can be without any operation.

#ifndef CONVOPT_LIB_TRANSFORMS_VOLUMECONVOLUTION_H
#define CONVOPT_LIB_TRANSFORMS_VOLUMECONVOLUTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <array>

namespace convopt {

struct VolumeConv {
  /// What stands in each dimension of a tensor: n, g, c (channels of a group,
  /// of image or result), k (of the filter's results), then depth, row and
  /// column.
  using Order = llvm::SmallVector<int64_t, 6>;

  mlir::Value image; ///< before padding
  mlir::Value init, result;
  int64_t batch = 1, groups = 1, inChannels = 1, outChannels = 1;
  /// Depth, rows, columns.
  std::array<int64_t, 3> in, out, kernel, strides, dilations, low, high;
  /// The dimensions of image and result in the order n, (g), c, d, h, w.
  Order imageOrder, resultOrder;
  /// groups x outChannels x inChannels x kernel; f32 holds bytes too.
  std::vector<float> filter;
  /// What padding is filled with: 0, or of bytes any number.
  double filler = 0;
  /// Whose body is that of the convolution in two dimensions.
  mlir::linalg::LinalgOp op;

  bool isDepthwise() const {
    return groups > 1 && inChannels == 1 && outChannels == 1;
  }
  bool isAlongDepth() const {
    return kernel[1] == 1 && kernel[2] == 1 && strides[1] == 1 &&
           strides[2] == 1 && low[1] + high[1] + low[2] + high[2] == 0 &&
           in[1] == out[1] && in[2] == out[2];
  }
  llvm::SmallVector<int64_t> resultShape() const {
    return {batch, groups * outChannels, out[0], out[1], out[2]};
  }
};

/// `op` as a convolution of f32 or of bytes in three dimensions with a constant
/// filter and one dimension of batches, the padding of its image taken for a
/// part of it; nothing if it is something else.
std::optional<VolumeConv> matchVolumeConv(mlir::linalg::LinalgOp op);

/// A convolution in two dimensions of all groups: N, C, H, W with a filter of
/// groups x outChannels x inChannels x kernel.
struct PlaneConv {
  mlir::Value image, init;
  int64_t groups, inChannels, outChannels;
  std::array<int64_t, 2> kernel, strides, dilations, low, high;
  std::vector<float> filter;
  double filler;             ///< of padding
  mlir::linalg::LinalgOp op; ///< whose body and elements it gets
};

/// The operation of linalg for it: depthwise, with groups or without. Gives N,
/// C, H, W.
mlir::Value createPlaneConv(mlir::OpBuilder &builder, mlir::Location loc,
                            PlaneConv conv);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_VOLUMECONVOLUTION_H
