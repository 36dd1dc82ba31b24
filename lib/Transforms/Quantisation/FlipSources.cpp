// A product that wants its operand with the other sign changes the sign of each
// element before it, in each kernel that reads it. Better it is stored with the
// wanted sign: then the operation that computes it adds 128 more, which costs
// nothing, and so does each that reads it. So a changed tensor takes the place
// of the old one where that comes from, and for all readers it is changed back;
// the two changes before a product are none, those before other readers and
// those behind movement move on (SinkDecodings.cpp), and what remains is
// changed where the model's inputs come in and its outputs go out.

#include "Decoding.h"
#include "Movement.h"
#include "QuantisationPatterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace convopt {

/// Where the elements of `value` come from, through all that only moves them.
static void findSources(Value value, SetVector<Value> &sources) {
  SetVector<Value> seen;
  seen.insert(value);
  for (size_t i = 0; i < seen.size(); ++i) {
    Operation *def = seen[i].getDefiningOp();
    std::optional<Movement> movement = def ? matchMovement(def) : std::nullopt;
    if (movement && !isa_and_nonnull<arith::MaximumFOp, arith::MaxNumFOp>(
                        movement->maximum))
      seen.insert(movement->sources.begin(), movement->sources.end());
    else if (!matchPattern(seen[i], m_Constant()))
      sources.insert(seen[i]);
  }
}

/// Changes what `op` computes of each element.
static Value flipInside(OpBuilder &builder, linalg::GenericOp op) {
  auto changed = cast<linalg::GenericOp>(builder.clone(*op));
  Operation *yield = changed.getBody()->getTerminator();
  OpBuilder inner(yield);
  Value sign = inner.create<arith::ConstantOp>(
      op.getLoc(), inner.getIntegerAttr(inner.getI8Type(), -128));
  yield->setOperand(
      0, inner.create<arith::XOrIOp>(op.getLoc(), yield->getOperand(0), sign));
  return changed.getResult(0);
}

/// The same as createFlip, but stored: no pattern takes it for one that may
/// move on.
static Value createStoredFlip(OpBuilder &builder, Location loc, Value source) {
  Value flip = createFlip(builder, loc, source);
  auto op = flip.getDefiningOp<linalg::GenericOp>();
  auto change = cast<arith::XOrIOp>(
      op.getBody()->getTerminator()->getOperand(0).getDefiningOp());
  OpBuilder inner(change);
  // 128 more is the same as the sign changed.
  Value sum =
      inner.create<arith::AddIOp>(loc, change.getLhs(), change.getRhs());
  change.replaceAllUsesWith(sum);
  change.erase();
  return flip;
}

static void flipSource(Value source) {
  OpBuilder builder(source.getContext());
  builder.setInsertionPointAfterValue(source);
  auto op = source.getDefiningOp<linalg::GenericOp>();
  const bool isInside =
      op && op->getNumResults() == 1 && op.hasPureTensorSemantics() &&
      op.getNumParallelLoops() == op.getNumLoops() &&
      !op.payloadUsesValueFromOperand(op.getDpsInitOperand(0));
  Value stored = isInside ? flipInside(builder, op)
                          : createStoredFlip(builder, source.getLoc(), source);
  Value back = createFlip(builder, source.getLoc(), stored);
  source.replaceUsesWithIf(back, [&](OpOperand &use) {
    return use.getOwner() != stored.getDefiningOp();
  });
}

void flipSources(ModuleOp module) {
  SetVector<Value> sources;
  module.walk([&](linalg::GenericOp op) {
    if (Value source =
            op->getNumResults() == 1 ? flipped(op.getResult(0)) : Value())
      findSources(source, sources);
  });
  for (Value source : sources)
    flipSource(source);
}

} // namespace convopt
