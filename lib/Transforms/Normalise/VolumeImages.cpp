#include "VolumeImages.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {

static const ReassociationIndices sliceGroups[] = {{0, 1}, {2}, {3}, {4}};
static const ReassociationIndices sheetGroups[] = {{0}, {1}, {2}, {3, 4}};
/// N, C, D, H, W <-> N, D, C, H, W.
static const int64_t swapDepth[] = {0, 2, 1, 3, 4};

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

SmallVector<int64_t> imageShape(ArrayRef<int64_t> volume, Images kind) {
  if (kind == Images::Slices)
    return {volume[0] * volume[2], volume[1], volume[3], volume[4]};
  return {volume[0], volume[1], volume[2], volume[3] * volume[4]};
}

Value transposed(OpBuilder &builder, Value value, ArrayRef<int64_t> order) {
  SmallVector<int64_t> shape;
  bool moves = false;
  for (auto [i, dim] : llvm::enumerate(order)) {
    shape.push_back(shapeOf(value)[dim]);
    moves |= static_cast<int64_t>(i) != dim;
  }
  if (!moves)
    return value;
  Location loc = value.getLoc();
  Value empty = builder.create<tensor::EmptyOp>(
      loc, shape, getElementTypeOrSelf(value.getType()));
  return builder.create<linalg::TransposeOp>(loc, value, empty, order)
      ->getResult(0);
}

Value joined(OpBuilder &builder, Value value,
             ArrayRef<ReassociationIndices> groups) {
  return builder.create<tensor::CollapseShapeOp>(value.getLoc(), value, groups);
}

Value parted(OpBuilder &builder, Value value, ArrayRef<int64_t> shape,
             ArrayRef<ReassociationIndices> groups) {
  return builder.create<tensor::ExpandShapeOp>(
      value.getLoc(), cast<RankedTensorType>(value.getType()).clone(shape),
      value, groups);
}

Value scalarConstant(OpBuilder &builder, Location loc, Type type,
                     double number) {
  TypedAttr attr;
  if (isa<FloatType>(type))
    attr = builder.getFloatAttr(type, number);
  else
    attr = builder.getIntegerAttr(type, static_cast<int64_t>(number));
  return builder.create<arith::ConstantOp>(loc, attr);
}

Value padded(OpBuilder &builder, Value value, ArrayRef<int64_t> low,
             ArrayRef<int64_t> high, double filler) {
  auto isZero = [](int64_t amount) { return amount == 0; };
  if (llvm::all_of(low, isZero) && llvm::all_of(high, isZero))
    return value;
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape(type.getShape());
  SmallVector<OpFoldResult> lows, highs;
  for (auto [size, l, h] : llvm::zip_equal(shape, low, high)) {
    size += l + h;
    lows.push_back(builder.getIndexAttr(l));
    highs.push_back(builder.getIndexAttr(h));
  }
  Location loc = value.getLoc();
  Value scalar = scalarConstant(builder, loc, type.getElementType(), filler);
  return builder.create<tensor::PadOp>(loc, type.clone(shape), value, lows,
                                       highs, scalar);
}

Value VolumeImages::get(OpBuilder &builder, Value volume, Images kind) {
  if (Value images = find(volume, kind))
    return images;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointAfterValue(volume);
  Value images;
  if (kind == Images::Slices)
    images =
        joined(builder, transposed(builder, volume, swapDepth), sliceGroups);
  else
    images = joined(builder, volume, sheetGroups);
  record(volume, kind, images);
  return images;
}

Value VolumeImages::toVolume(OpBuilder &builder, Value images, Images kind,
                             ArrayRef<int64_t> shape) {
  Value volume;
  if (kind == Images::Slices)
    volume = transposed(
        builder,
        parted(builder, images,
               {shape[0], shape[2], shape[1], shape[3], shape[4]}, sliceGroups),
        swapDepth);
  else
    volume = parted(builder, images, shape, sheetGroups);
  record(volume, kind, images);
  return volume;
}

} // namespace convopt
