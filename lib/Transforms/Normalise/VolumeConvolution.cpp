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
//
// What is read of one is in MatchVolumeConvolution.cpp, how one in two
// dimensions is written in PlaneConvolution.cpp.

#include "VolumeConvolution.h"
#include "VolumeImages.h"
#include "convopt/IR/Constants.h"

using namespace mlir;

namespace convopt {

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
    Value scalar = scalarConstant(builder, loc, element, *splat);
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
  Value empty =
      builder.create<tensor::EmptyOp>(loc, shape, getElementTypeOrSelf(slices));
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
