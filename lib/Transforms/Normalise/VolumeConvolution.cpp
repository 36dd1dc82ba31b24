// One convolution in three dimensions as one in two. Which, depends on the
// filter's extents:
//
//   1 x r x s   the slices are images; nothing moves
//   d x 1 x 1   the depth is the rows of an image, H * W its columns; nothing
//               moves
//   d x r x s   for each slice of the result, the d slices that it reads are
//               copied behind each other, d * C channels
//   depthwise   d * C channels would be read by C results: a sum of d depthwise
//               convolutions, the second beginning with the result of the first

#include "VolumeImages.h"
#include "convopt/IR/Constants.h"
#include "convopt/IR/InferConvLayer.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace convopt {

namespace {
/// What stands in each dimension of a tensor: n, g, c (channels of a group, of
/// image or result), k (of the filter's results), then depth, row and column.
using Order = SmallVector<int64_t, 6>;

struct VolumeConv {
  Value image; ///< before padding
  Value init, result;
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
  linalg::LinalgOp op;

  bool isDepthwise() const {
    return groups > 1 && inChannels == 1 && outChannels == 1;
  }
  bool isAlongDepth() const {
    return kernel[1] == 1 && kernel[2] == 1 && strides[1] == 1 &&
           strides[2] == 1 && low[1] + high[1] + low[2] + high[2] == 0 &&
           in[1] == out[1] && in[2] == out[2];
  }
  SmallVector<int64_t> resultShape() const {
    return {batch, groups * outChannels, out[0], out[1], out[2]};
  }
};
} // namespace

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

/// Sees padding of the image's depth, rows and columns (dimensions
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

static std::optional<VolumeConv> matchVolumeConv(linalg::LinalgOp op) {
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
  auto isFloat = [](Value value) { return getElementTypeOrSelf(value).isF32(); };
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

/// N, G, C, D, H, W <-> N, G * C, D, H, W.
static const ReassociationIndices groupsJoined[] = {{0}, {1, 2}, {3}, {4}, {5}};

static bool joinsGroups(ArrayRef<ReassociationIndices> groups) {
  return groups == ArrayRef<ReassociationIndices>(groupsJoined);
}

/// `value` (image or result) as N, channels, D, H, W.
static Value asVolume(OpBuilder &builder, Value value,
                      ArrayRef<int64_t> order) {
  auto expand = value.getDefiningOp<tensor::ExpandShapeOp>();
  if (expand && order.size() == 6 && llvm::is_sorted(order) &&
      joinsGroups(expand.getReassociationIndices()))
    return expand.getSrc();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointAfterValue(value);
  value = transposed(builder, value, order);
  return order.size() == 6 ? joined(builder, value, groupsJoined) : value;
}

static Value createScalar(OpBuilder &builder, Location loc, Type type,
                          double number) {
  TypedAttr attr;
  if (type.isF32())
    attr = builder.getF32FloatAttr(static_cast<float>(number));
  else
    attr = builder.getIntegerAttr(type, static_cast<int64_t>(number));
  return builder.create<arith::ConstantOp>(loc, attr);
}

/// What the sums of the convolution begin with, as images of `shape`.
static Value createInit(OpBuilder &builder, const VolumeConv &conv, Images kind,
                        VolumeImages &volumes) {
  Value init = conv.init;
  Location loc = conv.result.getLoc();
  SmallVector<int64_t> shape = imageShape(conv.resultShape(), kind);
  Type element = getElementTypeOrSelf(init);
  auto empty = [&] {
    return builder.create<tensor::EmptyOp>(loc, shape, element);
  };
  if (std::optional<double> splat = getSplat(init)) {
    Value scalar = createScalar(builder, loc, element, *splat);
    return builder.create<linalg::FillOp>(loc, scalar, Value(empty()))
        .getResult(0);
  }
  if (auto broadcast = init.getDefiningOp<linalg::BroadcastOp>()) {
    // Of channels alone, or of groups and channels, in their order.
    SmallVector<int64_t> kept;
    for (int64_t d : conv.resultOrder)
      if (!llvm::is_contained(broadcast.getDimensions(), d))
        kept.push_back(d);
    ArrayRef<int64_t> channels =
        ArrayRef<int64_t>(conv.resultOrder).drop_front().drop_back(3);
    if (ArrayRef<int64_t>(kept) == channels && llvm::is_sorted(kept)) {
      Value bias = broadcast.getInput();
      if (kept.size() == 2)
        bias = joined(builder, bias, {{0, 1}});
      return builder
          .create<linalg::BroadcastOp>(loc, bias, empty(),
                                       ArrayRef<int64_t>{0, 2, 3})
          ->getResult(0);
    }
  }
  return volumes.get(builder, asVolume(builder, init, conv.resultOrder), kind);
}

namespace {
/// A convolution in two dimensions of all groups: N, C, H, W with a filter of
/// groups x outChannels x inChannels x kernel.
struct PlaneConv {
  Value image, init;
  int64_t groups, inChannels, outChannels;
  std::array<int64_t, 2> kernel, strides, dilations, low, high;
  std::vector<float> filter;
  double filler;
  linalg::LinalgOp op; ///< whose body it gets
};
} // namespace

/// `named` with the body of `from`, which extends bytes as no name says.
static Value withBodyOf(linalg::LinalgOp from, linalg::LinalgOp named) {
  if (getElementTypeOrSelf(from->getOperand(0)).isF32())
    return named->getResult(0);
  IRRewriter rewriter(named->getContext());
  rewriter.setInsertionPoint(named);
  auto generic = rewriter.create<linalg::GenericOp>(
      named.getLoc(), named->getResultTypes(), named.getDpsInputs(),
      named.getDpsInits(), named.getIndexingMapsArray(),
      named.getIteratorTypesArray());
  IRMapping mapping;
  from->getRegion(0).cloneInto(&generic.getRegion(), mapping);
  rewriter.replaceOp(named, generic);
  return generic.getResult(0);
}

static Value createPlaneConv(OpBuilder &builder, Location loc, PlaneConv conv) {
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

/// The filter with its depth before the channels of a group: groups x k x
/// (depth x c) x rows x columns.
static std::vector<float> depthBeforeChannels(const VolumeConv &conv) {
  const int64_t d = conv.kernel[0], c = conv.inChannels,
                window = conv.kernel[1] * conv.kernel[2];
  std::vector<float> result;
  result.reserve(conv.filter.size());
  for (int64_t row = 0; row < conv.groups * conv.outChannels; ++row)
    for (int64_t i = 0; i < d; ++i)
      for (int64_t j = 0; j < c; ++j) {
        auto begin = conv.filter.begin() + ((row * c + j) * d + i) * window;
        result.insert(result.end(), begin, begin + window);
      }
  return result;
}

/// The slices apart, with padding before and behind them: N, D, channels, H, W.
static Value paddedSlices(OpBuilder &builder, const VolumeConv &conv,
                          Value slices) {
  Value apart = parted(builder, slices,
                       {conv.batch, conv.in[0], conv.groups * conv.inChannels,
                        conv.in[1], conv.in[2]},
                       {{0, 1}, {2}, {3}, {4}});
  return padded(builder, apart, {0, conv.low[0], 0, 0, 0},
                {0, conv.high[0], 0, 0, 0}, conv.filler);
}

/// For each slice of the result the slices that it reads, as the channels of
/// one image: N * depth of the result, groups * depth of the filter * C, H, W.
static Value gatherSlices(OpBuilder &builder, const VolumeConv &conv,
                          Value slices) {
  if (conv.kernel[0] == 1 && conv.strides[0] == 1 &&
      conv.low[0] + conv.high[0] == 0 && conv.in[0] == conv.out[0])
    return slices;
  Location loc = conv.result.getLoc();
  const int64_t g = conv.groups, c = conv.inChannels;
  Value from = parted(builder, paddedSlices(builder, conv, slices),
                      {conv.batch, conv.in[0] + conv.low[0] + conv.high[0], g,
                       c, conv.in[1], conv.in[2]},
                      {{0}, {1}, {2, 3}, {4}, {5}});
  SmallVector<int64_t> shape = {conv.batch, conv.out[0], g, conv.kernel[0], c,
                                conv.in[1], conv.in[2]};
  auto dim = [&](unsigned i) { return builder.getAffineDimExpr(i); };
  // Loops: n, depth of the result, groups, depth of the filter, c, h, w.
  AffineMap maps[] = {
      AffineMap::get(7, 0,
                     {dim(0),
                      dim(1) * conv.strides[0] + dim(3) * conv.dilations[0],
                      dim(2), dim(4), dim(5), dim(6)},
                     builder.getContext()),
      AffineMap::getMultiDimIdentityMap(7, builder.getContext())};
  SmallVector<utils::IteratorType> loops(7, utils::IteratorType::parallel);
  Value empty = builder.create<tensor::EmptyOp>(loc, shape,
                                                getElementTypeOrSelf(slices));
  Value gathered = builder
                       .create<linalg::GenericOp>(
                           loc, empty.getType(), from, empty, maps, loops,
                           [](OpBuilder &inner, Location at, ValueRange args) {
                             inner.create<linalg::YieldOp>(at, args[0]);
                           })
                       .getResult(0);
  return joined(builder, gathered, {{0, 1}, {2, 3, 4}, {5}, {6}});
}

/// The images that depthwise slices of the filter read, one after the other.
static Value addDepthwise(OpBuilder &builder, const VolumeConv &conv,
                          Value slices, PlaneConv plane) {
  Value from = paddedSlices(builder, conv, slices);
  const int64_t window = conv.kernel[1] * conv.kernel[2];
  auto sizes = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(builder.getContext(), values);
  };
  for (int64_t i = 0; i < conv.kernel[0]; ++i) {
    Value taken = builder.create<tensor::ExtractSliceOp>(
        conv.result.getLoc(), from, sizes({0, i * conv.dilations[0], 0, 0, 0}),
        sizes({conv.batch, conv.out[0], conv.groups, conv.in[1], conv.in[2]}),
        sizes({1, conv.strides[0], 1, 1, 1}));
    PlaneConv part = plane;
    part.image = joined(builder, taken, {{0, 1}, {2}, {3}, {4}});
    for (int64_t g = 0; g < conv.groups; ++g) {
      auto begin = conv.filter.begin() + (g * conv.kernel[0] + i) * window;
      part.filter.insert(part.filter.end(), begin, begin + window);
    }
    plane.init =
        createPlaneConv(builder, conv.result.getLoc(), std::move(part));
  }
  return plane.init;
}

static Value createOnImages(OpBuilder &builder, VolumeConv &conv, Images kind,
                            VolumeImages &volumes) {
  Location loc = conv.result.getLoc();
  Value image = volumes.get(
      builder, asVolume(builder, conv.image, conv.imageOrder), kind);
  PlaneConv plane;
  plane.op = conv.op;
  plane.filler = conv.filler;
  plane.image = image;
  plane.init = createInit(builder, conv, kind, volumes);
  plane.groups = conv.groups;
  plane.inChannels = conv.inChannels;
  plane.outChannels = conv.outChannels;
  const bool sheets = kind == Images::Sheets;
  for (int i = 0; i < 2; ++i) {
    // Depth and nothing, or rows and columns.
    int from = sheets ? 0 : 1 + i;
    bool one = sheets && i == 1;
    plane.kernel[i] = one ? 1 : conv.kernel[from];
    plane.strides[i] = one ? 1 : conv.strides[from];
    plane.dilations[i] = one ? 1 : conv.dilations[from];
    plane.low[i] = one ? 0 : conv.low[from];
    plane.high[i] = one ? 0 : conv.high[from];
  }
  if (sheets) {
    plane.filter = std::move(conv.filter);
    return createPlaneConv(builder, loc, std::move(plane));
  }
  if (conv.isDepthwise())
    return addDepthwise(builder, conv, image, std::move(plane));
  plane.image = gatherSlices(builder, conv, image);
  plane.inChannels *= conv.kernel[0];
  plane.filter = depthBeforeChannels(conv);
  return createPlaneConv(builder, loc, std::move(plane));
}

bool makePlanar(linalg::LinalgOp op, VolumeImages &volumes) {
  std::optional<VolumeConv> conv = matchVolumeConv(op);
  if (!conv)
    return false;
  OpBuilder builder(op);
  Images kind = conv->isAlongDepth() ? Images::Sheets : Images::Slices;
  Value images = createOnImages(builder, *conv, kind, volumes);
  SmallVector<int64_t> shape = conv->resultShape();
  Value volume = volumes.toVolume(builder, images, kind, shape);
  Value result = op->getResult(0);
  if (conv->resultOrder.size() == 6) {
    // Groups are usually joined next.
    if (llvm::is_sorted(conv->resultOrder))
      for (Operation *user : llvm::make_early_inc_range(result.getUsers()))
        if (auto join = dyn_cast<tensor::CollapseShapeOp>(user);
            join && joinsGroups(join.getReassociationIndices())) {
          join.getResult().replaceAllUsesWith(volume);
          join->erase();
        }
    volume = parted(builder, volume,
                    {shape[0], conv->groups, conv->outChannels, shape[2],
                     shape[3], shape[4]},
                    groupsJoined);
  }
  SmallVector<int64_t> back(conv->resultOrder.size());
  for (auto [i, d] : llvm::enumerate(conv->resultOrder))
    back[d] = i;
  volume = transposed(builder, volume, back);
  result.replaceAllUsesWith(volume);
  op->erase();
  return true;
}

} // namespace convopt
