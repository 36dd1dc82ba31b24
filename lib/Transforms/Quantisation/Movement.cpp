// What only moves elements, or takes the largest of some, does the same to the
// 8-bit integers that they stand for: a quarter of the bytes. A larger integer
// stands for a larger number, so that max pooling is among them; its padding
// with the least of all numbers has to be one that no window sees alone, as no
// 8-bit integer stands for minus infinity.

#include "Movement.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace convopt {

/// One tensor in, read in any way, copied: a transposition, a phase. Not a
/// broadcast, which costs nothing as it is.
static bool isCopy(linalg::LinalgOp op) {
  if (op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getNumParallelLoops() != op.getNumLoops())
    return false;
  auto from = dyn_cast<RankedTensorType>(op->getOperand(0).getType());
  auto to = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  Block &body = op->getRegion(0).front();
  return body.getTerminator()->getOperand(0) == body.getArgument(0) && from &&
         to && to.getNumElements() <= from.getNumElements();
}

/// Of a generic operation that copies elements from computed places (enlarging
/// an image by its nearest pixels, say) the tensor; null of any other.
static Value gatheredTensor(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 0 || op.getNumDpsInits() != 1 ||
      op.getNumParallelLoops() != op.getNumLoops())
    return nullptr;
  auto extract = op.getBody()
                     ->getTerminator()
                     ->getOperand(0)
                     .getDefiningOp<tensor::ExtractOp>();
  if (!extract || extract->getBlock() != op.getBody())
    return nullptr;
  return extract.getTensor();
}

/// What combines the elements of a window with the largest so far, or null.
static Operation *findMaximum(linalg::LinalgOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() == 0 ||
      op.payloadUsesValueFromOperand(op.getDpsInputOperand(1)))
    return nullptr;
  Block &body = op->getRegion(0).front();
  Operation *maximum = body.getTerminator()->getOperand(0).getDefiningOp();
  if (!isa_and_nonnull<arith::MaximumFOp, arith::MaxNumFOp, arith::MaxSIOp,
                       arith::MaxUIOp>(maximum))
    return nullptr;
  Value a = maximum->getOperand(0), b = maximum->getOperand(1);
  Value element = body.getArgument(0), sum = body.getArgument(2);
  return (a == element && b == sum) || (a == sum && b == element) ? maximum
                                                                  : nullptr;
}

static bool isStaticPad(tensor::PadOp pad) {
  return pad && pad.getLow().empty() && pad.getHigh().empty() &&
         pad.getSourceType().hasStaticShape() &&
         llvm::all_of(pad.getStaticLow(), [](int64_t n) { return n >= 0; }) &&
         llvm::all_of(pad.getStaticHigh(), [](int64_t n) { return n >= 0; });
}

static std::optional<double> paddingOf(tensor::PadOp pad) {
  Value value = pad.getConstantPaddingValue();
  return value ? getSplat(value) : std::nullopt;
}

/// Whether each window of `op` has a place inside what `pad` pads.
static bool touchesImage(linalg::LinalgOp op, tensor::PadOp pad) {
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  SmallVector<int64_t> trips = op.getStaticLoopRanges();
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  for (auto [d, expr] : llvm::enumerate(map.getResults())) {
    const int64_t low = pad.getStaticLow()[d],
                  size = pad.getSourceType().getDimSize(d);
    // One loop over places in the result and one over the window, or either.
    SmallVector<unsigned> over[2];
    for (unsigned loop = 0; loop < trips.size(); ++loop)
      if (expr.isFunctionOfDim(loop))
        over[kinds[loop] == utils::IteratorType::reduction].push_back(loop);
    if (over[0].size() > 1 || over[1].size() > 1)
      return false;
    auto tripsOf = [&](ArrayRef<unsigned> loops) {
      return loops.empty() ? int64_t(1) : trips[loops[0]];
    };
    for (int64_t o = 0; o < tripsOf(over[0]); ++o) {
      bool touches = false;
      for (int64_t k = 0; k < tripsOf(over[1]) && !touches; ++k) {
        SmallVector<int64_t> at(trips.size(), 0);
        if (!over[0].empty())
          at[over[0][0]] = o;
        if (!over[1].empty())
          at[over[1][0]] = k;
        int64_t place = map.getSubMap({unsigned(d)}).compose(at)[0];
        touches = place >= low && place < low + size;
      }
      if (!touches)
        return false;
    }
  }
  return true;
}

static std::optional<Movement> matchPooling(linalg::LinalgOp op) {
  Movement movement;
  movement.op = op;
  movement.maximum = findMaximum(op);
  movement.filler = getSplat(op.getDpsInitOperand(0)->get());
  if (!movement.maximum || !movement.filler)
    return std::nullopt;
  Value image = op.getDpsInputOperand(0)->get();
  auto pad = image.getDefiningOp<tensor::PadOp>();
  if (isStaticPad(pad) && paddingOf(pad) && touchesImage(op, pad)) {
    movement.pad = pad;
    movement.padding = paddingOf(pad);
    image = pad.getSource();
  }
  movement.sources = {image};
  return movement;
}

std::optional<Movement> matchMovement(Operation *op) {
  if (op->getNumResults() != 1)
    return std::nullopt;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.hasStaticShape())
    return std::nullopt;
  Movement movement;
  movement.op = op;
  if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op)) {
    movement.sources = {op->getOperand(0)};
  } else if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    if (slice->getNumOperands() != 1)
      return std::nullopt;
    movement.sources = {slice.getSource()};
  } else if (auto concat = dyn_cast<tensor::ConcatOp>(op)) {
    movement.sources = llvm::to_vector(concat.getInputs());
  } else if (auto pad = dyn_cast<tensor::PadOp>(op)) {
    movement.filler = paddingOf(pad);
    if (!isStaticPad(pad) || !movement.filler)
      return std::nullopt;
    movement.sources = {pad.getSource()};
  } else if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
    if (!linalgOp.hasPureTensorSemantics() || linalgOp.hasDynamicShape() ||
        isa<linalg::FillOp, linalg::BroadcastOp>(op))
      return std::nullopt;
    if (std::optional<Movement> pooling = matchPooling(linalgOp))
      return pooling;
    auto generic = dyn_cast<linalg::GenericOp>(op);
    if (isCopy(linalgOp))
      movement.sources = {linalgOp.getDpsInputOperand(0)->get()};
    else if (Value gathered = generic ? gatheredTensor(generic) : Value())
      movement.sources = {gathered};
    else
      return std::nullopt;
  } else {
    return std::nullopt;
  }
  return movement;
}

static Value byteConstant(OpBuilder &builder, Location loc, int64_t value) {
  return builder.create<arith::ConstantOp>(
      loc, builder.getIntegerAttr(builder.getI8Type(), value));
}

static Value padBytes(OpBuilder &builder, tensor::PadOp pad, Value source,
                      int64_t filler) {
  auto type = RankedTensorType::get(pad.getResultType().getShape(),
                                    builder.getI8Type());
  return builder.create<tensor::PadOp>(
      pad.getLoc(), type, source, pad.getMixedLowPad(), pad.getMixedHighPad(),
      byteConstant(builder, pad.getLoc(), filler));
}

/// The pooling as one of integers: a generic operation, as only those have all
/// comparisons.
static Value pool(OpBuilder &builder, linalg::LinalgOp op, Value image,
                  Value init, Comparison comparison) {
  auto window =
      cast<RankedTensorType>(op.getDpsInputOperand(1)->get().getType());
  Value extents = builder.create<tensor::EmptyOp>(
      op.getLoc(), window.getShape(), builder.getI8Type());
  return builder
      .create<linalg::GenericOp>(
          op.getLoc(), init.getType(), ValueRange{image, extents}, init,
          op.getIndexingMapsArray(), op.getIteratorTypesArray(),
          [&](OpBuilder &inner, Location at, ValueRange arguments) {
            Value x = arguments[0], most = arguments[2];
            if (comparison == Comparison::Signed)
              most = inner.create<arith::MaxSIOp>(at, most, x);
            else
              most = inner.create<arith::MaxUIOp>(at, most, x);
            inner.create<linalg::YieldOp>(at, most);
          })
      .getResult(0);
}

Value move(OpBuilder &builder, const Movement &movement,
           ArrayRef<Value> sources, int64_t filler, int64_t padding,
           Comparison comparison) {
  Operation *op = movement.op;
  Location loc = op->getLoc();
  auto shape = cast<RankedTensorType>(op->getResult(0).getType()).getShape();
  auto type = RankedTensorType::get(shape, builder.getI8Type());
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return padBytes(builder, pad, sources[0], filler);
  if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp,
          tensor::ExtractSliceOp, tensor::ConcatOp>(op)) {
    Operation *moved = builder.clone(*op);
    moved->setOperands(0, sources.size(), sources);
    moved->getResult(0).setType(type);
    return moved->getResult(0);
  }
  auto linalgOp = cast<linalg::LinalgOp>(op);
  Value empty =
      builder.create<tensor::EmptyOp>(loc, shape, builder.getI8Type());
  if (movement.maximum) {
    Value image = movement.pad
                      ? padBytes(builder, movement.pad, sources[0], padding)
                      : sources[0];
    Value init = builder
                     .create<linalg::FillOp>(
                         loc, byteConstant(builder, loc, filler), empty)
                     .getResult(0);
    return pool(builder, linalgOp, image, init, comparison);
  }
  if (auto transpose = dyn_cast<linalg::TransposeOp>(op))
    return builder
        .create<linalg::TransposeOp>(loc, sources[0], empty,
                                     transpose.getPermutation())
        ->getResult(0);
  auto copy = [&](OpBuilder &inner, Location at, ValueRange arguments) {
    if (linalgOp.getNumDpsInputs() == 1) {
      inner.create<linalg::YieldOp>(at, arguments[0]);
      return;
    }
    // Places are computed as before.
    IRMapping mapping;
    for (Operation &from : op->getRegion(0).front().without_terminator()) {
      Operation *again = inner.clone(from, mapping);
      auto extract = dyn_cast<tensor::ExtractOp>(again);
      if (extract &&
          from.getResult(0) ==
              op->getRegion(0).front().getTerminator()->getOperand(0)) {
        extract.getTensorMutable().assign(sources[0]);
        extract.getResult().setType(inner.getI8Type());
      }
    }
    inner.create<linalg::YieldOp>(
        at, mapping.lookup(
                op->getRegion(0).front().getTerminator()->getOperand(0)));
  };
  ValueRange inputs =
      linalgOp.getNumDpsInputs() == 1 ? ValueRange(sources) : ValueRange();
  return builder
      .create<linalg::GenericOp>(loc, type, inputs, empty,
                                 linalgOp.getIndexingMapsArray(),
                                 linalgOp.getIteratorTypesArray(), copy)
      .getResult(0);
}

} // namespace convopt
