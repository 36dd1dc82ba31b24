// A convolution in two dimensions as linalg has it. There is one operation for
// each way that groups are: none, one channel in each (depthwise, where groups
// are the channels), or several, where groups are a dimension of their own.
// Images have groups and channels joined, so that dimension is parted before
// and joined after; padding is an operation in front, as everywhere.

#include "VolumeConvolution.h"
#include "VolumeImages.h"
#include "convopt/IR/Constants.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace convopt {

/// `named`, or of bytes a generic operation with the body of `from`: no name
/// says with which sign bytes are multiplied.
static Value withBodyOf(linalg::LinalgOp from, linalg::LinalgOp named) {
  if (getElementTypeOrSelf(from->getOperand(0)).isF32())
    return named->getResult(0);
  OpBuilder builder(named);
  auto generic = builder.create<linalg::GenericOp>(
      named.getLoc(), named->getResultTypes(), named.getDpsInputs(),
      named.getDpsInits(), named.getIndexingMapsArray(),
      named.getIteratorTypesArray());
  IRMapping mapping;
  from->getRegion(0).cloneInto(&generic.getRegion(), mapping);
  named->erase();
  return generic.getResult(0);
}

Value createPlaneConv(OpBuilder &builder, Location loc, PlaneConv conv) {
  auto vector = [&](ArrayRef<int64_t> values) {
    return builder.getI64TensorAttr(values);
  };
  auto filterOf = [&](ArrayRef<int64_t> channels) {
    SmallVector<int64_t> shape(channels);
    shape.append(conv.kernel.begin(), conv.kernel.end());
    return createNumbers(
        builder, loc,
        RankedTensorType::get(shape,
                              getElementTypeOrSelf(conv.op->getOperand(1))),
        "filter", std::move(conv.filter));
  };
  const int64_t g = conv.groups, c = conv.inChannels, k = conv.outChannels;
  bool depthwise = g > 1 && c == 1 && k == 1;
  SmallVector<int64_t> low(2, 0), high(2, 0);
  Value image = conv.image, init = conv.init;
  const ReassociationIndices groups[] = {{0}, {1, 2}, {3}, {4}};
  if (g > 1 && !depthwise) {
    auto part = [&](Value value, int64_t channels) {
      ArrayRef<int64_t> shape =
          cast<RankedTensorType>(value.getType()).getShape();
      return parted(builder, value, {shape[0], g, channels, shape[2], shape[3]},
                    groups);
    };
    image = part(image, c);
    init = part(init, k);
    low.push_back(0);
    high.push_back(0);
  }
  low.append(conv.low.begin(), conv.low.end());
  high.append(conv.high.begin(), conv.high.end());
  image = padded(builder, image, low, high, conv.filler);
  auto create = [&](auto op, ArrayRef<int64_t> channels) -> Value {
    Operation *named = builder.create<decltype(op)>(
        loc, TypeRange(init.getType()), ValueRange{image, filterOf(channels)},
        ValueRange(init), vector(conv.strides), vector(conv.dilations));
    return withBodyOf(conv.op, cast<linalg::LinalgOp>(named));
  };
  if (depthwise)
    return create(linalg::DepthwiseConv2DNchwChwOp(), {g});
  if (g == 1)
    return create(linalg::Conv2DNchwFchwOp(), {k, c});
  return joined(builder, create(linalg::Conv2DNgchwGfchwOp(), {g, k, c}),
                groups);
}

} // namespace convopt
