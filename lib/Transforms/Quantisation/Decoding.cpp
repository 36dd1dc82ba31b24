// Dequantisation, however it was written: an 8-bit integer is extended, a zero
// point is taken off, the difference becomes a number and is multiplied by a
// scale. Front ends take the zero point off before or after the conversion, add
// its negative, leave it out where it is nought, and give both as scalars in
// the body or as tensors. So a body is evaluated over terms (argument - zero) *
// scale, as AffineBody.cpp does over affine functions.

#include "Decoding.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;

namespace convopt {

bool operator==(const Numbers &a, const Numbers &b) {
  return a.values == b.values && a.dims == b.dims;
}

bool operator==(const Decoding &a, const Decoding &b) {
  return a.isSigned == b.isSigned && a.zero == b.zero && a.scale == b.scale &&
         a.type == b.type;
}

namespace {
class TermReader {
public:
  TermReader(Block &body, function_ref<bool(unsigned)> variable,
             function_ref<std::optional<Numbers>(unsigned)> constants)
      : body(body), variable(variable), constants(constants) {}

  std::optional<Term> term(Value value);
  std::optional<Numbers> numbers(Value value);

private:
  /// A term less (`sign` 1) or more (-1) numbers, which must be integers.
  std::optional<Term> moved(Value of, Value by, int sign);
  std::optional<Term> scaled(Value of, Value by);

  Block &body;
  function_ref<bool(unsigned)> variable;
  function_ref<std::optional<Numbers>(unsigned)> constants;
};
} // namespace

/// Of the 8-bit integers that `numbers` are with their sign, those without.
static Numbers withoutSign(Numbers numbers) {
  for (double &value : numbers.values)
    value += value < 0 ? 256 : 0;
  return numbers;
}

std::optional<Numbers> TermReader::numbers(Value value) {
  if (auto own = dyn_cast<BlockArgument>(value))
    return own.getOwner() != &body || variable(own.getArgNumber())
               ? std::nullopt
               : constants(own.getArgNumber());
  if (std::optional<double> constant = getSplat(value))
    return Numbers{{*constant}, {}};
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<arith::ExtSIOp, arith::SIToFPOp>(op))
    return numbers(op->getOperand(0));
  if (isa_and_nonnull<arith::ExtUIOp, arith::UIToFPOp>(op) &&
      op->getOperand(0).getType().isInteger(8))
    if (auto own = numbers(op->getOperand(0)))
      return withoutSign(std::move(*own));
  return std::nullopt;
}

std::optional<Term> TermReader::moved(Value of, Value by, int sign) {
  std::optional<Term> result = term(of);
  std::optional<Numbers> numbers = result ? this->numbers(by) : std::nullopt;
  if (!numbers || !(result->scale == Numbers{{1}, {}}))
    return std::nullopt;
  // The sum of what was taken off before, if anything was.
  Numbers &zero = result->zero;
  if (zero.isOne()) {
    for (double &value : numbers->values)
      value = zero.values[0] + sign * value;
    zero = std::move(*numbers);
  } else if (numbers->isOne() || numbers->dims == zero.dims) {
    for (auto [i, value] : llvm::enumerate(zero.values))
      value += sign * numbers->values[numbers->isOne() ? 0 : i];
  } else {
    return std::nullopt;
  }
  if (!llvm::all_of(zero.values, [](double value) {
        return value == std::trunc(value) && std::fabs(value) < 0x1p24;
      }))
    return std::nullopt;
  return result;
}

std::optional<Term> TermReader::scaled(Value of, Value by) {
  std::optional<Term> result = term(of);
  std::optional<Numbers> numbers = result ? this->numbers(by) : std::nullopt;
  if (!numbers || !(result->scale == Numbers{{1}, {}}))
    return std::nullopt;
  result->scale = std::move(*numbers);
  return result;
}

std::optional<Term> TermReader::term(Value value) {
  if (auto own = dyn_cast<BlockArgument>(value)) {
    if (own.getOwner() != &body || !variable(own.getArgNumber()))
      return std::nullopt;
    return Term{own.getArgNumber(), std::nullopt};
  }
  Operation *op = value.getDefiningOp();
  if (isa<arith::ExtSIOp, arith::ExtUIOp, arith::SIToFPOp, arith::UIToFPOp>(
          op)) {
    std::optional<Term> of = term(op->getOperand(0));
    if (!of)
      return std::nullopt;
    if (!of->isSigned) {
      if (!op->getOperand(0).getType().isInteger(8))
        return std::nullopt;
      of->isSigned = isa<arith::ExtSIOp, arith::SIToFPOp>(op);
      return of;
    }
    // A difference is signed, whatever it is one of.
    if (isa<arith::SIToFPOp>(op))
      return of;
    return std::nullopt;
  }
  if (op->getNumOperands() != 2)
    return std::nullopt;
  Value a = op->getOperand(0), b = op->getOperand(1);
  if (isa<arith::SubIOp, arith::SubFOp>(op))
    return moved(a, b, 1);
  if (isa<arith::AddIOp, arith::AddFOp>(op)) {
    auto result = moved(a, b, -1);
    return result ? result : moved(b, a, -1);
  }
  if (isa<arith::MulFOp>(op)) {
    auto result = scaled(a, b);
    return result ? result : scaled(b, a);
  }
  return std::nullopt;
}

std::optional<Term>
readTerm(Block &body, Value value, function_ref<bool(unsigned)> variable,
         function_ref<std::optional<Numbers>(unsigned)> constants) {
  return TermReader(body, variable, constants).term(value);
}

std::optional<Numbers> constantOperand(linalg::LinalgOp op, unsigned i) {
  OpOperand &operand = op->getOpOperand(i);
  auto type = dyn_cast<RankedTensorType>(operand.get().getType());
  if (std::optional<double> splat = getSplat(operand.get()))
    return Numbers{{*splat}, {}};
  if (!type)
    return std::nullopt;
  Numbers numbers;
  AffineMap map = op.getMatchingIndexingMap(&operand);
  for (auto [size, expr] : llvm::zip_equal(type.getShape(), map.getResults())) {
    if (size == 1)
      continue;
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || (!numbers.dims.empty() &&
                 numbers.dims.back() >= int64_t(dim.getPosition())))
      return std::nullopt;
    numbers.dims.push_back(dim.getPosition());
  }
  auto values = getConstantNumbers<double>(operand.get());
  if (!values)
    return std::nullopt;
  numbers.values = std::move(*values);
  return numbers;
}

std::optional<Numbers> readNumbers(linalg::GenericOp op, Value value) {
  auto constants = [&](unsigned i) -> std::optional<Numbers> {
    return i < op.getNumDpsInputs() ? constantOperand(op, i) : std::nullopt;
  };
  return TermReader(
             *op.getBody(), [](unsigned) { return false; }, constants)
      .numbers(value);
}

std::optional<int64_t> Decoding::encode(double number) const {
  double exact = number / scale.values[0] + zero.values[0];
  double code = std::nearbyint(exact);
  if (!(code >= static_cast<double>(least())) ||
      code > static_cast<double>(least() + 255))
    return std::nullopt;
  // What it stands for, as the operation computes it.
  double back = code - zero.values[0];
  if (static_cast<float>(back * scale.values[0]) != static_cast<float>(number))
    return std::nullopt;
  return static_cast<int8_t>(static_cast<int64_t>(code));
}

/// Of shape and order of the result; computed of each element alone.
static linalg::GenericOp matchElementwise(Value value) {
  auto op = value.getDefiningOp<linalg::GenericOp>();
  if (!op || op->getNumResults() != 1 || !op.hasPureTensorSemantics() ||
      op.getNumParallelLoops() != op.getNumLoops() ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity() ||
      op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)))
    return nullptr;
  return op;
}

std::optional<Decoding> matchDecoding(Value value) {
  linalg::GenericOp op = matchElementwise(value);
  Type type = getElementTypeOrSelf(value);
  if (!op || !(type.isF32() || type.isInteger(32)))
    return std::nullopt;
  auto isWhole = [&](OpOperand *input) {
    auto own = dyn_cast<RankedTensorType>(input->get().getType());
    return own && own.getElementType().isInteger(8) &&
           op.getMatchingIndexingMap(input).isIdentity();
  };
  OpOperand *source = nullptr;
  for (OpOperand *input : op.getDpsInputOperands())
    if (!source && isWhole(input))
      source = input;
  if (!source)
    return std::nullopt;
  std::optional<Term> term = readTerm(
      *op.getBody(), op.getBody()->getTerminator()->getOperand(0),
      [&](unsigned i) { return i == source->getOperandNumber(); },
      [&](unsigned i) -> std::optional<Numbers> {
        if (i >= op.getNumDpsInputs())
          return std::nullopt;
        return constantOperand(op, i);
      });
  if (!term || !term->isSigned)
    return std::nullopt;
  return Decoding{source->get(), *term->isSigned, std::move(term->zero),
                  std::move(term->scale), type};
}

/// An element-wise operation on one tensor.
static Value
createUnary(OpBuilder &builder, Location loc, Value source, Type element,
            function_ref<Value(OpBuilder &, Location, Value)> body) {
  auto type = cast<RankedTensorType>(source.getType());
  Value empty =
      builder.create<tensor::EmptyOp>(loc, type.getShape(), element);
  SmallVector<AffineMap> maps(
      2, builder.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  return builder
      .create<linalg::GenericOp>(
          loc, empty.getType(), source, empty, maps, loops,
          [&](OpBuilder &inner, Location at, ValueRange arguments) {
            inner.create<linalg::YieldOp>(at, body(inner, at, arguments[0]));
          })
      .getResult(0);
}

Value createDecoding(OpBuilder &builder, Location loc, Value source,
                     const Decoding &decoding) {
  Type i32 = builder.getI32Type();
  return createUnary(
      builder, loc, source, decoding.type,
      [&](OpBuilder &inner, Location at, Value x) -> Value {
        if (decoding.isSigned)
          x = inner.create<arith::ExtSIOp>(at, i32, x);
        else
          x = inner.create<arith::ExtUIOp>(at, i32, x);
        if (decoding.zeroPoint() != 0) {
          Value zero = inner.create<arith::ConstantOp>(
              at, inner.getI32IntegerAttr(
                      static_cast<int32_t>(decoding.zeroPoint())));
          x = inner.create<arith::SubIOp>(at, x, zero);
        }
        if (decoding.type.isInteger(32))
          return x;
        Value scale = inner.create<arith::ConstantOp>(
            at, inner.getF32FloatAttr(
                    static_cast<float>(decoding.scale.values[0])));
        x = inner.create<arith::SIToFPOp>(at, inner.getF32Type(), x);
        return inner.create<arith::MulFOp>(at, x, scale);
      });
}

Value createFlip(OpBuilder &builder, Location loc, Value source) {
  return createUnary(
      builder, loc, source, builder.getI8Type(),
      [](OpBuilder &inner, Location at, Value x) -> Value {
        Value sign = inner.create<arith::ConstantOp>(
            at, inner.getIntegerAttr(inner.getI8Type(), -128));
        return inner.create<arith::XOrIOp>(at, x, sign);
      });
}

Value flipped(Value value) {
  linalg::GenericOp op = matchElementwise(value);
  if (!op || op.getNumDpsInputs() != 1 ||
      !getElementTypeOrSelf(value).isInteger(8) ||
      !op.getMatchingIndexingMap(op.getDpsInputOperand(0)).isIdentity())
    return nullptr;
  auto change = op.getBody()
                    ->getTerminator()
                    ->getOperand(0)
                    .getDefiningOp<arith::XOrIOp>();
  if (!change || change.getLhs() != op.getBody()->getArgument(0) ||
      getSplat(change.getRhs()) != -128.0)
    return nullptr;
  return op.getDpsInputOperand(0)->get();
}

} // namespace convopt
