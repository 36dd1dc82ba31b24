// A volume is a batch of N, channels, depth, rows and columns: N, C, D, H, W.
// There are two ways to see it as images that convolutions in two dimensions
// read. Both are free where channels are stored last: they join neighbouring
// dimensions of N, D, H, W, C.

#ifndef CONVOPT_LIB_TRANSFORMS_VOLUMEIMAGES_H
#define CONVOPT_LIB_TRANSFORMS_VOLUMEIMAGES_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/DenseMap.h"

namespace convopt {

enum class Images {
  Slices, ///< N * D, C, H, W: every slice of the depth is an image
  Sheets, ///< N, C, D, H * W: every slice is a row
};

/// The shape of the images that a volume of shape N, C, D, H, W is seen as.
llvm::SmallVector<int64_t> imageShape(llvm::ArrayRef<int64_t> volume,
                                      Images kind);

/// Which volumes are known as images, and the conversions between the two,
/// each made once.
class VolumeImages {
public:
  /// Notes that `volume` (N, C, D, H, W) is `images`.
  void record(mlir::Value volume, Images kind, mlir::Value images) {
    known[{volume, static_cast<int>(kind)}] = images;
  }
  /// Null if the volume was not recorded as such images.
  mlir::Value find(mlir::Value volume, Images kind) const {
    return known.lookup({volume, static_cast<int>(kind)});
  }
  /// The images of `volume`, made behind its definition if need be.
  mlir::Value get(mlir::OpBuilder &builder, mlir::Value volume, Images kind);
  /// The volume of shape `shape` that `images` are; recorded.
  mlir::Value toVolume(mlir::OpBuilder &builder, mlir::Value images,
                       Images kind, llvm::ArrayRef<int64_t> shape);

private:
  llvm::DenseMap<std::pair<mlir::Value, int>, mlir::Value> known;
};

/// linalg.transpose, or `value` itself: result dimension i is dimension
/// order[i].
mlir::Value transposed(mlir::OpBuilder &builder, mlir::Value value,
                       llvm::ArrayRef<int64_t> order);
/// Joins dimensions: one of the result for each group.
mlir::Value joined(mlir::OpBuilder &builder, mlir::Value value,
                   llvm::ArrayRef<mlir::ReassociationIndices> groups);
/// Parts dimensions: `shape` has the dimensions groups[i] in the place of i.
mlir::Value parted(mlir::OpBuilder &builder, mlir::Value value,
                   llvm::ArrayRef<int64_t> shape,
                   llvm::ArrayRef<mlir::ReassociationIndices> groups);
/// A constant of f32 or of an integer type.
mlir::Value scalarConstant(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Type type, double number);
/// tensor.pad with `filler`, or `value` itself. Low and high are of all
/// dimensions.
mlir::Value padded(mlir::OpBuilder &builder, mlir::Value value,
                   llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
                   double filler);

/// Computes an element-wise operation that reads a volume recorded as images
/// on those images, if its other operands allow that: volumes, and what is the
/// same along all dimensions that become one. The result replaces that of `op`
/// and is recorded.
bool computeOnImages(mlir::linalg::LinalgOp op, VolumeImages &volumes);

/// Makes `op` a convolution in two dimensions if it is one in three, of f32 or
/// of bytes, with a constant filter; the result replaces that of `op` and is
/// recorded.
bool makePlanar(mlir::linalg::LinalgOp op, VolumeImages &volumes);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_VOLUMEIMAGES_H
