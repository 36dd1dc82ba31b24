// Which numbers belong to one output channel. Scales and biases are given per
// channel, but a channel's place depends on how the convolution was written: a
// dimension of its own in any position, or two, groups and channels in a group,
// until a reshape joins them. All three are reduced here to one number, group *
// channels of a group + channel, and whatever a constant is broadcast by is
// read as a list with an entry for each of them, if it depends on nothing else.

#include "ConvChannels.h"
#include "convopt/IR/Constants.h"

using namespace mlir;

namespace convopt {

ConvChannels findChannels(const ConvOp &conv) {
  ConvChannels channels;
  linalg::LinalgOp op = conv.op;
  channels.type = cast<RankedTensorType>(op->getResult(0).getType());
  channels.groups = conv.layer.groups;
  channels.perGroup = conv.layer.outChannels;
  auto dims = *linalg::inferConvolutionDims(op);
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  for (auto [position, expr] : llvm::enumerate(map.getResults())) {
    if (!dims.depth.empty() && expr.isFunctionOfDim(dims.depth[0]))
      channels.groupDim = position;
    if (!dims.outputChannel.empty() &&
        expr.isFunctionOfDim(dims.outputChannel[0]))
      channels.channelDim = position;
  }
  return channels;
}

std::optional<ConvChannels> collapseChannels(const ConvChannels &channels,
                                             tensor::CollapseShapeOp collapse) {
  ConvChannels result = channels;
  result.type = collapse.getResultType();
  result.groupDim = result.channelDim = result.jointDim = std::nullopt;
  for (auto [to, group] : llvm::enumerate(collapse.getReassociationIndices())) {
    if (group.size() == 1) {
      if (channels.groupDim == group[0])
        result.groupDim = to;
      if (channels.channelDim == group[0])
        result.channelDim = to;
    } else if (group.size() == 2 && channels.groupDim == group[0] &&
               channels.channelDim == group[1]) {
      result.jointDim = to;
    } else {
      return std::nullopt;
    }
  }
  return result;
}

int64_t channelOfFilter(const ConvOp &conv, int64_t i) {
  const ConvLayer &layer = conv.layer;
  auto shape = cast<RankedTensorType>(conv.filter.getType()).getShape();
  int64_t group = 0, channel = 0;
  for (size_t d = shape.size(); d-- > 0;) {
    int64_t index = i % shape[d];
    i /= shape[d];
    if (conv.filterDims[d] == 'g')
      group = index;
    if (conv.filterDims[d] == 'k')
      channel = index;
  }
  return group * layer.outChannels + channel;
}

int64_t elementsOfOneChannel(const ConvOp &conv) {
  auto shape = cast<RankedTensorType>(conv.filter.getType()).getShape();
  int64_t elements = 1;
  for (size_t d = shape.size(); d-- > 0;) {
    if (conv.filterDims[d] == 'g' || conv.filterDims[d] == 'k')
      break;
    elements *= shape[d];
  }
  return elements;
}

std::optional<std::vector<float>> getPerChannel(Value value, AffineMap map,
                                                const ConvChannels &channels) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return std::nullopt;
  if (std::optional<double> splat = getSplat(value))
    return std::vector<float>(channels.count(), *splat);
  std::optional<std::vector<float>> elements = getConstantFloats(value);
  if (!elements)
    return std::nullopt;
  // The step in `elements` for each group and for each channel of a group.
  int64_t groupStep = 0, channelStep = 0, stride = 1;
  for (int64_t d = type.getRank() - 1; d >= 0; --d) {
    int64_t extent = type.getDimSize(d);
    if (extent > 1) {
      auto dim = dyn_cast<AffineDimExpr>(map.getResult(d));
      if (!dim)
        return std::nullopt;
      if (channels.groupDim == dim.getPosition())
        groupStep = stride;
      else if (channels.channelDim == dim.getPosition())
        channelStep = stride;
      else if (channels.jointDim == dim.getPosition())
        groupStep = stride * channels.perGroup, channelStep = stride;
      else
        return std::nullopt;
    }
    stride *= extent;
  }
  std::vector<float> result;
  for (int64_t g = 0; g < channels.groups; ++g)
    for (int64_t k = 0; k < channels.perGroup; ++k)
      result.push_back((*elements)[g * groupStep + k * channelStep]);
  return result;
}

std::optional<std::vector<float>> getChannelInit(Value init,
                                                 const ConvChannels &channels) {
  if (std::optional<double> splat = getSplat(init))
    return std::vector<float>(channels.count(), *splat);
  if (auto bias = getPerChannel(init,
                                AffineMap::getMultiDimIdentityMap(
                                    channels.type.getRank(), init.getContext()),
                                channels))
    return bias;
  auto op = init.getDefiningOp<linalg::LinalgOp>();
  if (!op || op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getNumParallelLoops() != op.getNumLoops())
    return std::nullopt;
  Block &body = op->getRegion(0).front();
  if (body.getTerminator()->getOperand(0) != body.getArgument(0) ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity())
    return std::nullopt;
  OpOperand *input = op.getDpsInputOperand(0);
  return getPerChannel(input->get(), op.getMatchingIndexingMap(input),
                       channels);
}

Value createChannelInit(OpBuilder &builder, Location loc,
                        const ConvChannels &channels, ArrayRef<float> bias) {
  Type element = builder.getF32Type();
  Value empty =
      builder.create<tensor::EmptyOp>(loc, channels.type.getShape(), element);
  if (llvm::all_equal(bias)) {
    Value value = builder.create<arith::ConstantOp>(
        loc, builder.getF32FloatAttr(bias.front()));
    return builder.create<linalg::FillOp>(loc, value, empty).getResult(0);
  }
  SmallVector<int64_t> shape, broadcast;
  for (int64_t d = 0; d < channels.type.getRank(); ++d)
    if (channels.groupDim == d || channels.channelDim == d ||
        channels.jointDim == d)
      shape.push_back(channels.type.getDimSize(d));
    else
      broadcast.push_back(d);
  // Channels are numbered as they stand: groups before the channels in them.
  assert(!channels.groupDim || !channels.channelDim ||
         *channels.groupDim < *channels.channelDim);
  auto type = RankedTensorType::get(shape, element);
  Value constant = createConstant(builder, loc, type, "bias", bias);
  return builder.create<linalg::BroadcastOp>(loc, constant, empty, broadcast)
      .getResult()[0];
}

} // namespace convopt
