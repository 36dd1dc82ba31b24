// Dequantisation: an element-wise operation on one tensor of 8-bit integers
// whose body is a term of it. And the change of the sign of such integers,
// which is the other element-wise operation that moves about.

#include "Decoding.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include <cmath>

using namespace mlir;

namespace convopt {

bool operator==(const Decoding &a, const Decoding &b) {
  return a.isSigned == b.isSigned && a.zero == b.zero && a.scale == b.scale &&
         a.type == b.type;
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
  Value empty = builder.create<tensor::EmptyOp>(loc, type.getShape(), element);
  SmallVector<AffineMap> maps(2,
                              builder.getMultiDimIdentityMap(type.getRank()));
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
  return createUnary(builder, loc, source, builder.getI8Type(),
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
