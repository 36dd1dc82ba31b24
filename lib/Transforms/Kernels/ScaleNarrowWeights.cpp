// Bytes hold weights to three digits if each output channel has a scale of its
// own, the 127th part of its largest weight: after normalisations have been
// folded into them, one channel's weights may be a thousand times another's.
// Half precision has exponents, but few: weights below 6e-5 lose digits, so
// channels of small ones have a power of two for a scale, which loses nothing.
// The scale belongs to the sum, not to the products, so a convolution
// multiplies each of its results once. It is written as what it is, a filter of
// other numbers and an element-wise operation behind the convolution: packing
// then rounds whole numbers, which changes nothing, and every schedule computes
// the scale in its epilogue, as it does a bias. The initial value is in the
// numbers of the result, so the sum starts from zero and it is added behind.

#include "convopt/Transforms/ScaleNarrowWeights.h"
#include "Normalise/ConvChannels.h"
#include "ReleaseResources.h"
#include "convopt/IR/Constants.h"
#include "convopt/Primitives/Annotation.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>
#include <limits>
#include <map>

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_SCALENARROWWEIGHTS
#include "convopt/Transforms/Passes.h.inc"

namespace {
/// A filter and what 1 is worth in it, for each channel; none where it is to
/// stay as it is.
struct ScaledFilter {
  TypedAttr weights, scales;
};

/// A convolution whose filter is stored in fewer bits.
struct NarrowConv {
  ConvOp conv;
  Precision precision;
};

class WeightScaler {
public:
  explicit WeightScaler(ModuleOp module) : releaser(module) {}

  void scale(const NarrowConv &narrow);
  void releaseUnused() { releaser.releaseUnused(); }

private:
  const ScaledFilter *filterFor(const NarrowConv &narrow, OpBuilder &builder);
  void releaseIfMuch();

  ResourceReleaser releaser;
  int64_t made = 0, released = 0; ///< bytes of new filters
  /// By the filter, the order of its dimensions and the precision.
  std::map<std::tuple<const void *, std::string, Precision>, ScaledFilter>
      known;
};
} // namespace

/// The largest size of a weight for each channel; not a number where one is
/// not finite.
static std::vector<float> largestOf(const ConvOp &conv,
                                    ArrayRef<float> filter) {
  std::vector<float> largest(conv.layer.groups * conv.layer.outChannels);
  const size_t run = elementsOfOneChannel(conv);
  for (size_t start = 0; start < filter.size(); start += run) {
    float &most = largest[channelOfFilter(conv, start)];
    for (float weight : filter.slice(start, run))
      if (!std::isfinite(weight))
        most = std::numeric_limits<float>::quiet_NaN();
      else if (std::abs(weight) > most)
        most = std::abs(weight);
  }
  return largest;
}

/// In bytes channels without numbers get weights of zero, and a scale that says
/// so.
static void divideByUnits(const NarrowConv &narrow,
                          MutableArrayRef<float> filter,
                          ArrayRef<float> largest) {
  const size_t run = elementsOfOneChannel(narrow.conv);
  for (size_t start = 0; start < filter.size(); start += run) {
    const double most = largest[channelOfFilter(narrow.conv, start)];
    MutableArrayRef<float> weights = filter.slice(start, run);
    if (narrow.precision != Precision::I8Weights) {
      const float unit = weightUnit(narrow.precision, static_cast<float>(most));
      for (float &weight : weights)
        weight /= unit;
      continue;
    }
    const double inverse = most > 0 ? 127 / most : 0;
    for (float &weight : weights)
      weight = inverse == 0
                   ? 0
                   : static_cast<float>(std::nearbyint(weight * inverse));
  }
}

static TypedAttr attrOf(Value constant) {
  return constant.getDefiningOp<arith::ConstantOp>().getValue();
}

const ScaledFilter *WeightScaler::filterFor(const NarrowConv &narrow,
                                            OpBuilder &builder) {
  const auto &[conv, precision] = narrow;
  auto constant = conv.filter.getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return nullptr;
  std::tuple<const void *, std::string, Precision> key = {
      constant.getValue().getAsOpaquePointer(),
      std::string(conv.filterDims.begin(), conv.filterDims.end()), precision};
  if (auto found = known.find(key); found != known.end())
    return &found->second;
  std::optional<std::vector<float>> filter = getConstantFloats(conv.filter);
  if (!filter)
    return nullptr;
  ScaledFilter &scaled = known[std::move(key)];
  const std::vector<float> largest = largestOf(conv, *filter);
  std::vector<float> units;
  units.reserve(largest.size());
  for (float most : largest)
    units.push_back(weightUnit(precision, most));
  if (precision != Precision::I8Weights &&
      llvm::all_of(units, [](float unit) { return unit == 1; }))
    return &scaled;
  divideByUnits(narrow, *filter, largest);
  made += static_cast<int64_t>(filter->size() * sizeof(float));
  Location loc = conv.op->getLoc();
  const std::string name = toString(precision).str();
  auto type = cast<RankedTensorType>(conv.filter.getType());
  scaled.weights = attrOf(
      createConstant(builder, loc, type, name + "_filter", std::move(*filter)));
  // One number for each channel, also where all are equal: kernels of equal
  // layers are to be equal.
  auto each = RankedTensorType::get({conv.layer.groups, conv.layer.outChannels},
                                    builder.getF32Type());
  scaled.scales = attrOf(
      createConstant(builder, loc, each, name + "_scales", std::move(units)));
  return &scaled;
}

/// `conv`'s sums times their channel's scale, plus `init` if there is one.
static Value scaled(OpBuilder &builder, const ConvOp &conv, Value scales,
                    Value init) {
  const ConvChannels channels = findChannels(conv);
  Location loc = conv.op->getLoc();
  const int64_t rank = channels.type.getRank();
  AffineMap whole = builder.getMultiDimIdentityMap(rank);
  auto at = [&](std::optional<unsigned> dim) {
    return dim ? builder.getAffineDimExpr(*dim)
               : builder.getAffineConstantExpr(0);
  };
  AffineMap channel =
      AffineMap::get(rank, 0, {at(channels.groupDim), at(channels.channelDim)},
                     builder.getContext());
  Value empty = builder.create<tensor::EmptyOp>(loc, channels.type.getShape(),
                                                builder.getF32Type());
  SmallVector<Value> inputs = {conv.op->getResult(0), scales};
  SmallVector<AffineMap> maps = {whole, channel};
  if (init) {
    inputs.push_back(init);
    maps.push_back(whole);
  }
  maps.push_back(whole);
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  return builder
      .create<linalg::GenericOp>(
          loc, channels.type, inputs, empty, maps, loops,
          [&](OpBuilder &inner, Location loc, ValueRange arguments) {
            Value result =
                inner.create<arith::MulFOp>(loc, arguments[0], arguments[1]);
            if (init)
              result = inner.create<arith::AddFOp>(loc, result, arguments[2]);
            inner.create<linalg::YieldOp>(loc, result);
          })
      .getResult(0);
}

void WeightScaler::scale(const NarrowConv &narrow) {
  const ConvOp &conv = narrow.conv;
  OpBuilder builder(conv.op);
  const ScaledFilter *filter = filterFor(narrow, builder);
  if (!filter || !filter->weights) // No constant: who packs filters says so.
    return;
  Location loc = conv.op->getLoc();
  auto constant = [&](TypedAttr attr) {
    return builder.create<arith::ConstantOp>(loc, attr);
  };
  conv.op->replaceUsesOfWith(conv.filter, constant(filter->weights));
  Value init = conv.init;
  if (getSplat(init) == 0.0) {
    init = nullptr;
  } else {
    auto type = cast<RankedTensorType>(init.getType());
    Value empty = builder.create<tensor::EmptyOp>(loc, type.getShape(),
                                                  type.getElementType());
    Value zero = constant(builder.getZeroAttr(type.getElementType()));
    linalg::LinalgOp(conv.op).setDpsInitOperand(
        0, builder.create<linalg::FillOp>(loc, zero, empty).getResult(0));
  }
  builder.setInsertionPointAfter(conv.op);
  Value sums = conv.op->getResult(0);
  Value result = scaled(builder, conv, constant(filter->scales), init);
  sums.replaceAllUsesExcept(result, result.getDefiningOp());
  releaseIfMuch();
}

/// Old and new filters together are large, but to look for unused ones is to
/// go through the whole module.
void WeightScaler::releaseIfMuch() {
  constexpr int64_t fewBytes = 32 << 20;
  if (made - released < fewBytes)
    return;
  releaseUnused();
  released = made;
}

/// In what `op` stores its filter, if that has a scale.
static std::optional<Precision> scaledPrecision(linalg::LinalgOp op) {
  PrimitiveAttr attr =
      ConvoptDialect::PrimitiveAttrHelper(op.getContext()).getAttr(op);
  if (!attr)
    return std::nullopt;
  llvm::Expected<Annotation> annotation = readAnnotation(attr);
  if (!annotation) { // Whoever resolves it says why.
    llvm::consumeError(annotation.takeError());
    return std::nullopt;
  }
  const Precision precision = annotation->precision();
  if (precision == Precision::I8Weights || precision == Precision::F16Weights)
    return precision;
  return std::nullopt;
}

void scaleNarrowWeights(ModuleOp module) {
  SmallVector<std::pair<linalg::LinalgOp, Precision>> found;
  module.walk([&](linalg::LinalgOp op) {
    if (std::optional<Precision> precision = scaledPrecision(op))
      found.emplace_back(op, *precision);
  });
  if (found.empty())
    return;
  WeightScaler scaler(module);
  for (auto [op, precision] : found)
    if (std::optional<ConvOp> conv = matchConvolution(op);
        conv && conv->layer.types == ConvTypes())
      scaler.scale({*conv, precision});
  scaler.releaseUnused();
}

namespace {
struct ScaleNarrowWeights : impl::ScaleNarrowWeightsBase<ScaleNarrowWeights> {
  void runOnOperation() override { scaleNarrowWeights(getOperation()); }
};
} // namespace
} // namespace convopt
