// Where an image is quantised while the network runs (DynamicQuantizeLinear,
// ConvInteger), its zero point z is a number of the run. It is taken off behind
// the sums as a known one is:
//
//   sum (x - z) * w'  =  sum x * w'  -  z * sum w'
//
// But what surrounds the image is no constant then, and what a convolution pads
// is. So the image is padded before: with anything, of which a mask of
// constants makes z. That is a copy of the image; sums of integers that are
// wider than 8 bits took a thousand times as long.

#include "Movement.h"
#include "ProductEpilogue.h"
#include "QuantisationPatterns.h"
#include "QuantisedProduct.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {

namespace {
/// Differences of 8-bit integers and one that is the same for all.
struct Centred {
  Value source, zero;
  bool isSigned;
};
} // namespace

/// The 8-bit integer that is extended to `value`, or null.
static Value extended(Value value, bool &isSigned) {
  Operation *op = value.getDefiningOp();
  if (!isa_and_nonnull<arith::ExtSIOp, arith::ExtUIOp>(op) ||
      !op->getOperand(0).getType().isInteger(8))
    return nullptr;
  isSigned = isa<arith::ExtSIOp>(op);
  return op->getOperand(0);
}

/// The tensor of one element that `value` in the body of `op` is, or null: an
/// operand, or read where it lies.
static Value oneNumber(linalg::GenericOp op, Value value) {
  Value tensor;
  if (auto argument = dyn_cast<BlockArgument>(value);
      argument && argument.getOwner() == op.getBody())
    tensor = op->getOperand(argument.getArgNumber());
  else if (auto extract = value.getDefiningOp<tensor::ExtractOp>())
    tensor = extract.getTensor();
  auto type = tensor ? dyn_cast<RankedTensorType>(tensor.getType())
                     : RankedTensorType();
  return type && type.hasStaticShape() && type.getNumElements() == 1 ? tensor
                                                                     : Value();
}

static std::optional<Centred> matchCentred(Value value) {
  auto op = value.getDefiningOp<linalg::GenericOp>();
  if (!op || op->getNumResults() != 1 || !op.hasPureTensorSemantics() ||
      op.getNumParallelLoops() != op.getNumLoops() ||
      !op.getIndexingMapsArray().back().isIdentity())
    return std::nullopt;
  auto sub = op.getBody()
                 ->getTerminator()
                 ->getOperand(0)
                 .getDefiningOp<arith::SubIOp>();
  if (!sub || !sub.getType().isInteger(32))
    return std::nullopt;
  bool isSigned = false, zeroIsSigned = false;
  Value element = extended(sub.getLhs(), isSigned),
        number = extended(sub.getRhs(), zeroIsSigned);
  auto x = dyn_cast_or_null<BlockArgument>(element);
  Value zero = number ? oneNumber(op, number) : Value();
  if (!x || !zero || isSigned != zeroIsSigned || x.getOwner() != op.getBody() ||
      x.getArgNumber() >= op.getNumDpsInputs() ||
      !op.getIndexingMapsArray()[x.getArgNumber()].isIdentity())
    return std::nullopt;
  return Centred{op->getOperand(x.getArgNumber()), zero, isSigned};
}

/// `number`, a tensor of one element, from each of `rank` loops' places.
static AffineMap readOne(OpBuilder &builder, Value number, int64_t rank) {
  SmallVector<AffineExpr> exprs(
      cast<RankedTensorType>(number.getType()).getRank(),
      builder.getAffineConstantExpr(0));
  return AffineMap::get(rank, 0, exprs, builder.getContext());
}

/// `padded` with `zero` in place of what `pad` has added.
static Value fillPadding(OpBuilder &builder, tensor::PadOp pad, Value padded,
                         Value zero) {
  const int64_t rank = pad.getSourceType().getRank();
  SmallVector<int64_t> dims, shape;
  for (int64_t d = 0; d < rank; ++d)
    if (pad.getStaticLow()[d] != 0 || pad.getStaticHigh()[d] != 0) {
      dims.push_back(d);
      shape.push_back(pad.getResultType().getDimSize(d));
    }
  if (dims.empty())
    return padded;
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  std::vector<float> inside(count, 1);
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(dims.size()));
  for (size_t i = 0; i < dims.size(); ++i) {
    const int64_t low = pad.getStaticLow()[dims[i]],
                  size = pad.getSourceType().getDimSize(dims[i]);
    forEachPlace(shape, all[i], [&](int64_t element, int64_t place) {
      if (place < low || place >= low + size)
        inside[element] = 0;
    });
  }
  SmallVector<AffineExpr> exprs;
  for (int64_t dim : dims)
    exprs.push_back(builder.getAffineDimExpr(dim));
  AffineMap identity = builder.getMultiDimIdentityMap(rank);
  Location loc = pad.getLoc();
  auto type = cast<RankedTensorType>(padded.getType());
  Value mask = createNumbers(
      builder, loc, RankedTensorType::get(shape, type.getElementType()),
      "inside", std::move(inside));
  Value empty = builder.create<tensor::EmptyOp>(loc, type.getShape(),
                                                type.getElementType());
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  return builder
      .create<linalg::GenericOp>(
          loc, type, ValueRange{padded, mask, zero}, empty,
          ArrayRef{identity,
                   AffineMap::get(rank, 0, exprs, builder.getContext()),
                   readOne(builder, zero, rank), identity},
          loops,
          [&](OpBuilder &inner, Location at, ValueRange arguments) {
            Value none = inner.create<arith::ConstantOp>(
                at, inner.getIntegerAttr(inner.getI8Type(), 0));
            Value isInside = inner.create<arith::CmpIOp>(
                at, arith::CmpIPredicate::ne, arguments[1], none);
            Value byte = inner.create<arith::SelectOp>(
                at, isInside, arguments[0], arguments[2]);
            inner.create<linalg::YieldOp>(at, byte);
          })
      .getResult(0);
}

/// What moves the differences, from `value` on to the last, which is first.
static std::optional<Centred> findCentred(Value value,
                                          SmallVector<Movement> &movements) {
  while (true) {
    if (std::optional<Centred> found = matchCentred(value))
      return found;
    Operation *op = value.getDefiningOp();
    std::optional<Movement> movement = op ? matchMovement(op) : std::nullopt;
    if (!movement || movement->maximum || movement->sources.size() != 1 ||
        movement->filler.value_or(0) != 0)
      return std::nullopt;
    value = movement->sources[0];
    movements.push_back(std::move(*movement));
  }
}

/// `centred` without its zero point, moved by `movements`, of which the first
/// is the last.
static Value moveBytes(OpBuilder &builder, const Centred &centred,
                       ArrayRef<Movement> movements) {
  Value bytes = centred.source;
  for (const Movement &movement : llvm::reverse(movements)) {
    bytes = move(builder, movement, bytes, 0, 0, Comparison::Signed);
    if (auto pad = dyn_cast<tensor::PadOp>(movement.op))
      bytes = fillPadding(builder, pad, bytes, centred.zero);
  }
  return bytes;
}

bool takeOffRuntimeZero(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op.hasDynamicShape() ||
      op->getNumResults() != 1 || op.getNumDpsInputs() != 2 ||
      op.getNumReductionLoops() == 0 ||
      !getElementTypeOrSelf(op->getResult(0)).isInteger(32) ||
      !readFilter(op->getOperand(1)))
    return false;
  SmallVector<Movement> movements;
  std::optional<Centred> centred = findCentred(op->getOperand(0), movements);
  if (!centred)
    return false;
  OpBuilder builder(op);
  Value bytes = moveBytes(builder, *centred, movements);
  Decoding plain{
      bytes, centred->isSigned, {{0}, {}}, {{1}, {}}, builder.getI32Type()};
  Operation *product = builder.clone(*op);
  product->setOperand(0, createDecoding(builder, op.getLoc(), bytes, plain));
  product->moveAfter(product->getOperand(0).getDefiningOp());
  std::optional<QuantisedProduct> matched =
      matchQuantisedProduct(cast<linalg::LinalgOp>(product));
  if (!matched) {
    product->erase();
    return false;
  }
  builder.setInsertionPointAfter(product);
  ProductEpilogue epilogue(builder, op, product->getResult(0));
  Value sum;
  epilogue.add(centred->zero, readOne(builder, centred->zero,
                                      epilogue.identity().getNumResults()));
  epilogue.add(sumFilter(*matched, [](int value) { return value; }),
               builder.getI32Type(), sum);
  Value result = epilogue.create(
      [&](OpBuilder &inner, Location at, ValueRange arguments) -> Value {
        Type i32 = inner.getI32Type();
        Value zero = arguments[1];
        if (centred->isSigned)
          zero = inner.create<arith::ExtSIOp>(at, i32, zero);
        else
          zero = inner.create<arith::ExtUIOp>(at, i32, zero);
        Value correction =
            inner.create<arith::MulIOp>(at, zero, sum ? sum : arguments[2]);
        return inner.create<arith::SubIOp>(at, arguments[0], correction);
      });
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
  return true;
}

} // namespace convopt
