// Bytes have few digits, so that weights stored as bytes are multiples of a
// step that each output channel has for itself, a 127th of its largest weight.
// The convolution computes with the multiples, and what it gives is multiplied
// by the step: as part of its kernel, so that it costs next to nothing. Behind
// the choice, which may be another one, and where layouts are settled; before
// kernels are formed.

#include "FilterChannels.h"
#include "convopt/IR/Constants.h"
#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Primitives/Annotation.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_SCALEBYTEFILTERS
#include "convopt/Transforms/Passes.h.inc"

namespace {
/// A filter in steps, and the steps, by channel.
struct ScaledFilter {
  ElementsAttr filter;
  std::vector<float> steps;
};

class Scaler {
public:
  LogicalResult scale(const ConvOp &conv);

private:
  FailureOr<ScaledFilter> scaledFilter(const ConvOp &conv);

  /// By filter and the order that it is stored in: filters recur.
  std::map<std::pair<const void *, std::string>, ScaledFilter> known;
};
} // namespace

FailureOr<ScaledFilter> Scaler::scaledFilter(const ConvOp &conv) {
  Attribute attr;
  std::optional<std::vector<float>> weights = getConstantFloats(conv.filter);
  if (!weights || !matchPattern(conv.filter, m_Constant(&attr)))
    return conv.op->emitOpError("has a filter that is no constant, which "
                                "cannot be stored as bytes");
  auto [entry, isNew] = known.try_emplace(
      {attr.getAsOpaquePointer(),
       std::string(conv.filterDims.begin(), conv.filterDims.end())});
  if (!isNew)
    return entry->second;
  const FilterChannels channels(conv);
  std::vector<float> steps = channels.largest(*weights);
  for (float &step : steps)
    step = step > 0 ? step / 127 : 1;
  channels.divide(*weights, steps);
  OpBuilder builder(conv.op);
  Value filter = createConstant(builder, conv.filter.getLoc(),
                                cast<RankedTensorType>(conv.filter.getType()),
                                "filter_in_steps", std::move(*weights));
  auto constant = filter.getDefiningOp<arith::ConstantOp>();
  entry->second = {cast<ElementsAttr>(constant.getValue()), std::move(steps)};
  constant.erase();
  return entry->second;
}

/// The loops of `conv` over output channels, groups first, as its result's
/// dimensions.
static SmallVector<int64_t, 2> channelDims(const ConvOp &conv) {
  linalg::LinalgOp op = conv.op;
  AffineMap filter = op.getMatchingIndexingMap(op.getDpsInputOperand(1));
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  SmallVector<int64_t, 2> dims;
  for (char wanted : {'g', 'k'})
    for (auto [dim, expr] :
         llvm::zip_equal(conv.filterDims, filter.getResults()))
      if (dim == wanted)
        if (auto at = result.getResultPosition(expr))
          dims.push_back(*at);
  return dims;
}

/// The constant vector that `value` repeats along all but `dims`, if any.
static std::optional<std::vector<float>>
repeatedVector(Value value, ArrayRef<int64_t> dims) {
  auto broadcast = value.getDefiningOp<linalg::BroadcastOp>();
  if (!broadcast)
    return std::nullopt;
  for (int64_t dim : broadcast.getDimensions())
    if (llvm::is_contained(dims, dim))
      return std::nullopt;
  auto type = cast<RankedTensorType>(value.getType());
  if (broadcast.getDimensions().size() + dims.size() !=
          static_cast<size_t>(type.getRank()) ||
      !llvm::is_sorted(dims))
    return std::nullopt;
  return getConstantFloats(broadcast.getInput());
}

LogicalResult Scaler::scale(const ConvOp &conv) {
  FailureOr<ScaledFilter> scaled = scaledFilter(conv);
  if (failed(scaled))
    return failure();
  linalg::LinalgOp op = conv.op;
  Location loc = op->getLoc();
  OpBuilder builder(op);
  OpOperand *init = op.getDpsInitOperand(0);
  auto type = cast<RankedTensorType>(init->get().getType());
  const SmallVector<int64_t, 2> dims = channelDims(conv);
  SmallVector<int64_t, 2> extents;
  for (int64_t dim : dims)
    extents.push_back(type.getDimSize(dim));
  auto vectorType = RankedTensorType::get(extents, type.getElementType());
  auto vectorOf = [&](std::vector<float> numbers, StringRef name) {
    return createConstant(builder, loc, vectorType, name, std::move(numbers));
  };
  auto empty = [&] {
    return builder
        .create<tensor::EmptyOp>(loc, type.getShape(), type.getElementType())
        .getResult();
  };

  // What the sum begins with is in steps, too, or is added behind it.
  SmallVector<Value, 3> operands;
  if (auto bias = repeatedVector(init->get(), dims)) {
    for (auto [number, step] : llvm::zip_equal(*bias, scaled->steps))
      number /= step;
    auto old = init->get().getDefiningOp<linalg::BroadcastOp>();
    auto inSteps = builder.create<linalg::BroadcastOp>(
        loc, vectorOf(std::move(*bias), "bias_in_steps"), empty(),
        old.getDimensions());
    init->set(inSteps->getResult(0));
  } else if (getSplat(init->get()) != 0.0) {
    operands.push_back(init->get());
    Value zero = builder.create<arith::ConstantOp>(
        loc, builder.getZeroAttr(type.getElementType()));
    init->set(builder.create<linalg::FillOp>(loc, zero, empty()).getResult(0));
  }
  auto filter = builder.create<arith::ConstantOp>(
      conv.filter.getLoc(), conv.filter.getType(), scaled->filter);
  op->replaceUsesOfWith(conv.filter, filter);

  builder.setInsertionPointAfter(op);
  Value result = op->getResult(0);
  Value steps = vectorOf(scaled->steps, "steps");
  operands.insert(operands.begin(), {result, steps});
  const unsigned rank = type.getRank();
  AffineMap whole = builder.getMultiDimIdentityMap(rank);
  SmallVector<AffineExpr> along;
  for (int64_t dim : dims)
    along.push_back(builder.getAffineDimExpr(dim));
  SmallVector<AffineMap> maps(operands.size() + 1, whole);
  maps[1] = AffineMap::get(rank, 0, along, builder.getContext());
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto multiply = builder.create<linalg::GenericOp>(
      loc, type, operands, empty(), maps, loops,
      [](OpBuilder &inner, Location loc, ValueRange arguments) {
        Value value =
            inner.create<arith::MulFOp>(loc, arguments[0], arguments[1]);
        if (arguments.size() > 3) // The last one is of the result.
          value = inner.create<arith::AddFOp>(loc, value, arguments[2]);
        inner.create<linalg::YieldOp>(loc, value);
      });
  result.replaceAllUsesExcept(multiply.getResult(0), multiply);
  return success();
}

namespace {
struct ScaleByteFilters : impl::ScaleByteFiltersBase<ScaleByteFilters> {
  using ScaleByteFiltersBase::ScaleByteFiltersBase;

  void runOnOperation() override {
    auto primitive = ConvoptDialect::PrimitiveAttrHelper(&getContext());
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) {
      PrimitiveAttr attr = primitive.getAttr(op);
      if (!attr)
        return;
      llvm::Expected<Annotation> annotation = readAnnotation(attr);
      if (!annotation) // Packing says where it stands.
        llvm::consumeError(annotation.takeError());
      else if (annotation->precision() == Precision::I8Weights)
        ops.push_back(op);
    });
    Scaler scaler;
    for (linalg::LinalgOp op : ops)
      if (std::optional<ConvOp> conv = matchConvolution(op))
        if (failed(scaler.scale(*conv)))
          return signalPassFailure();
  }
};
} // namespace
} // namespace convopt
