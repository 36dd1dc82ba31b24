// What a convolution in three dimensions is, whatever the order of its tensors'
// dimensions. Importers and other front ends put channels first or last, groups
// apart or not, and which spatial loop is the depth no name says: it is the one
// whose dimension comes first in the image. So everything is read off the
// indexing maps, and the filter is brought into one order. A padding in front
// is taken along: where slices are gathered, zeros of the depth are whole
// slices and those of rows and columns are the padding of the images.

#include "VolumeConvolution.h"
#include "convopt/IR/Constants.h"
#include "convopt/IR/InferConvLayer.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

using Order = VolumeConv::Order;

/// The position of the result of `map` that uses `loop`.
static int64_t positionOf(AffineMap map, unsigned loop) {
  for (auto [position, expr] : llvm::enumerate(map.getResults()))
    if (expr.isFunctionOfDim(loop))
      return position;
  return -1;
}

/// The elements of a constant filter as groups x k x c x kernel; `order` has
/// the position of each in the tensor, -1 for what it has not.
static std::vector<float> reorderFilter(ArrayRef<float> from,
                                        ArrayRef<int64_t> shape,
                                        ArrayRef<int64_t> order) {
  SmallVector<int64_t> strides(shape.size(), 1), extents, steps;
  for (size_t d = shape.size() - 1; d-- > 0;)
    strides[d] = strides[d + 1] * shape[d + 1];
  for (int64_t position : order) {
    extents.push_back(position < 0 ? 1 : shape[position]);
    steps.push_back(position < 0 ? 0 : strides[position]);
  }
  std::vector<float> to;
  to.reserve(from.size());
  SmallVector<int64_t> index(order.size(), 0);
  for (size_t i = 0; i < from.size(); ++i) {
    int64_t position = 0;
    for (size_t d = 0; d < index.size(); ++d)
      position += index[d] * steps[d];
    to.push_back(from[position]);
    for (size_t d = index.size(); d-- > 0;) {
      if (++index[d] < extents[d])
        break;
      index[d] = 0;
    }
  }
  return to;
}

/// Sees zero padding of the image's depth, rows and columns (dimensions
/// `spatial`) as part of the convolution.
static void takePadding(VolumeConv &conv, ArrayRef<int64_t> spatial) {
  auto pad = conv.image.getDefiningOp<tensor::PadOp>();
  Value value = pad ? pad.getConstantPaddingValue() : Value();
  std::optional<double> filler = value ? getSplat(value) : std::nullopt;
  if (!filler || (*filler != 0.0 && !value.getType().isInteger(8)) ||
      !pad.getSourceType().hasStaticShape() || !pad.getLow().empty() ||
      !pad.getHigh().empty())
    return;
  for (auto [d, low, high] :
       llvm::enumerate(pad.getStaticLow(), pad.getStaticHigh()))
    if (low < 0 || high < 0 ||
        ((low || high) &&
         !llvm::is_contained(spatial, static_cast<int64_t>(d))))
      return;
  for (auto [i, d] : llvm::enumerate(spatial)) {
    conv.low[i] = pad.getStaticLow()[d];
    conv.high[i] = pad.getStaticHigh()[d];
  }
  conv.image = pad.getSource();
  conv.filler = *filler;
}

std::optional<VolumeConv> matchVolumeConv(linalg::LinalgOp op) {
  if (op.getNumDpsInputs() != 2 || !op.hasPureTensorSemantics() ||
      op.hasDynamicShape())
    return std::nullopt;
  FailureOr<linalg::ConvolutionDimensions> dims =
      linalg::inferConvolutionDims(op);
  if (failed(dims) || dims->outputImage.size() != 3 ||
      dims->filterLoop.size() != 3 || dims->batch.size() != 1 ||
      dims->depth.size() > 1 || dims->inputChannel.size() > 1 ||
      dims->outputChannel.size() > 1 ||
      (dims->depth.empty() && dims->inputChannel.empty()) ||
      !multipliesAndAdds(op))
    return std::nullopt;
  SmallVector<int64_t> trips = op.getStaticLoopRanges();
  auto isOf = [&](unsigned i, unsigned bits) {
    return getElementTypeOrSelf(op->getOperand(i)).isInteger(bits);
  };
  auto isFloat = [](Value value) {
    return getElementTypeOrSelf(value).isF32();
  };
  if (!llvm::all_of(op->getOperands(), isFloat) &&
      !(isOf(0, 8) && isOf(1, 8) && isOf(2, 32)))
    return std::nullopt;
  if (llvm::is_contained(trips, 0))
    return std::nullopt;

  VolumeConv conv;
  conv.op = op;
  conv.image = op.getDpsInputOperand(0)->get();
  conv.init = op.getDpsInitOperand(0)->get();
  conv.result = op->getResult(0);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  Order imageOrder = {positionOf(maps[0], dims->batch[0])};
  Order resultOrder = {positionOf(maps[2], dims->batch[0])};
  SmallVector<int64_t> filterOrder(3, -1);
  auto take = [&](ArrayRef<unsigned> loops, int64_t &extent, int64_t *filter,
                  bool ofImage, bool ofResult) {
    if (loops.empty())
      return;
    extent = trips[loops[0]];
    *filter = positionOf(maps[1], loops[0]);
    if (ofImage)
      imageOrder.push_back(positionOf(maps[0], loops[0]));
    if (ofResult)
      resultOrder.push_back(positionOf(maps[2], loops[0]));
  };
  conv.batch = trips[dims->batch[0]];
  take(dims->depth, conv.groups, &filterOrder[0], true, true);
  take(dims->outputChannel, conv.outChannels, &filterOrder[1], false, true);
  take(dims->inputChannel, conv.inChannels, &filterOrder[2], true, false);
  // Depth, rows and columns are named by their places in the image.
  SmallVector<unsigned> spatial = {0, 1, 2};
  llvm::sort(spatial, [&](unsigned a, unsigned b) {
    return positionOf(maps[0], dims->outputImage[a]) <
           positionOf(maps[0], dims->outputImage[b]);
  });
  ArrayRef<int64_t> padded =
      cast<RankedTensorType>(conv.image.getType()).getShape();
  SmallVector<int64_t> places;
  for (auto [i, from] : llvm::enumerate(spatial)) {
    unsigned image = dims->outputImage[from], window = dims->filterLoop[from];
    places.push_back(positionOf(maps[0], image));
    if (places.back() < 0 || positionOf(maps[0], window) != places.back())
      return std::nullopt;
    imageOrder.push_back(places.back());
    resultOrder.push_back(positionOf(maps[2], image));
    filterOrder.push_back(positionOf(maps[1], window));
    conv.out[i] = trips[image];
    conv.kernel[i] = trips[window];
    conv.strides[i] = dims->strides[from];
    conv.dilations[i] = dims->dilations[from];
    conv.low[i] = conv.high[i] = 0;
  }
  if (imageOrder.size() != maps[0].getNumResults() ||
      resultOrder.size() != maps[2].getNumResults() ||
      llvm::is_contained(imageOrder, -1) || llvm::is_contained(resultOrder, -1))
    return std::nullopt;
  auto filter = getConstantNumbers<float>(op.getDpsInputOperand(1)->get());
  if (!filter)
    return std::nullopt;
  conv.filter = reorderFilter(
      *filter,
      cast<RankedTensorType>(op.getDpsInputOperand(1)->get().getType())
          .getShape(),
      filterOrder);
  takePadding(conv, places);
  for (auto [i, place] : llvm::enumerate(places))
    conv.in[i] = padded[place] - conv.low[i] - conv.high[i];
  conv.imageOrder = std::move(imageOrder);
  conv.resultOrder = std::move(resultOrder);
  return conv;
}

} // namespace convopt
