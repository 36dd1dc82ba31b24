#include "Scalar.h"
#include <limits>

using namespace mlir;

namespace convopt {

TypedAttr Scalar::attribute(double number) const {
  if (isFloat(kind))
    return builder.getFloatAttr(type(), number);
  return builder.getIntegerAttr(type(), static_cast<int64_t>(number));
}

Value Scalar::constant(double number) {
  return builder.create<arith::ConstantOp>(loc, attribute(number));
}

Value Scalar::intConstant(int64_t number) {
  if (isFloat(kind))
    return constant(static_cast<double>(number));
  return builder.create<arith::ConstantOp>(
      loc, builder.getIntegerAttr(type(), number));
}

TypedAttr Scalar::lowest() const {
  if (isFloat(kind))
    return attribute(-std::numeric_limits<double>::infinity());
  unsigned bits = type().getIntOrFloatBitWidth();
  return builder.getIntegerAttr(type(), isUnsigned(kind)
                                            ? APInt::getMinValue(bits)
                                            : APInt::getSignedMinValue(bits));
}

TypedAttr Scalar::highest() const {
  if (isFloat(kind))
    return attribute(std::numeric_limits<double>::infinity());
  unsigned bits = type().getIntOrFloatBitWidth();
  return builder.getIntegerAttr(type(), isUnsigned(kind)
                                            ? APInt::getMaxValue(bits)
                                            : APInt::getSignedMaxValue(bits));
}

/// One of three operations by element kind.
template <typename Float, typename Signed, typename Unsigned>
static Value binary(Scalar &s, Value a, Value b) {
  if (isFloat(s.kind))
    return s.builder.create<Float>(s.loc, a, b);
  if (isUnsigned(s.kind))
    return s.builder.create<Unsigned>(s.loc, a, b);
  return s.builder.create<Signed>(s.loc, a, b);
}

Value Scalar::add(Value a, Value b) {
  return binary<arith::AddFOp, arith::AddIOp, arith::AddIOp>(*this, a, b);
}
Value Scalar::sub(Value a, Value b) {
  return binary<arith::SubFOp, arith::SubIOp, arith::SubIOp>(*this, a, b);
}
Value Scalar::mul(Value a, Value b) {
  return binary<arith::MulFOp, arith::MulIOp, arith::MulIOp>(*this, a, b);
}
Value Scalar::div(Value a, Value b) {
  return binary<arith::DivFOp, arith::DivSIOp, arith::DivUIOp>(*this, a, b);
}
Value Scalar::min(Value a, Value b) {
  return binary<arith::MinimumFOp, arith::MinSIOp, arith::MinUIOp>(*this, a, b);
}
Value Scalar::max(Value a, Value b) {
  return binary<arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>(*this, a, b);
}
Value Scalar::maxNumber(Value a, Value b) {
  return builder.create<arith::MaxNumFOp>(loc, a, b);
}

Value Scalar::neg(Value a) {
  if (isFloat(kind))
    return builder.create<arith::NegFOp>(loc, a);
  return sub(intConstant(0), a);
}

Value Scalar::abs(Value a) {
  if (isFloat(kind))
    return builder.create<math::AbsFOp>(loc, a);
  return isUnsigned(kind) ? a : builder.create<math::AbsIOp>(loc, a);
}

Value Scalar::clamp(Value x, double low, double high) {
  return min(max(x, constant(low)), constant(high));
}

static Value compare(Scalar &s, arith::CmpFPredicate ordered,
                     arith::CmpIPredicate sign, arith::CmpIPredicate noSign,
                     Value a, Value b) {
  if (isFloat(s.kind))
    return s.builder.create<arith::CmpFOp>(s.loc, ordered, a, b);
  return s.builder.create<arith::CmpIOp>(
      s.loc, isUnsigned(s.kind) ? noSign : sign, a, b);
}

Value Scalar::less(Value a, Value b) {
  return compare(*this, arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt,
                 arith::CmpIPredicate::ult, a, b);
}
Value Scalar::lessOrEqual(Value a, Value b) {
  return compare(*this, arith::CmpFPredicate::OLE, arith::CmpIPredicate::sle,
                 arith::CmpIPredicate::ule, a, b);
}
Value Scalar::equal(Value a, Value b) {
  return compare(*this, arith::CmpFPredicate::OEQ, arith::CmpIPredicate::eq,
                 arith::CmpIPredicate::eq, a, b);
}

Value Scalar::select(Value condition, Value a, Value b) {
  return builder.create<arith::SelectOp>(loc, condition, a, b);
}

Value Scalar::convert(Value x, ElementKind from) {
  unsigned fromBits = x.getType().getIntOrFloatBitWidth();
  unsigned toBits = type().getIntOrFloatBitWidth();
  if (from == kind)
    return x;
  if (kind == ElementKind::Bool) {
    Scalar source(builder, loc, from);
    Value zero = source.intConstant(0);
    if (isFloat(from)) // NaN is not zero
      return builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNE, x,
                                           zero);
    return builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, x,
                                         zero);
  }
  if (isFloat(from) && isFloat(kind)) {
    if (fromBits == toBits) { // f16 and bf16: neither holds the other
      Value wide = builder.create<arith::ExtFOp>(loc, builder.getF32Type(), x);
      return builder.create<arith::TruncFOp>(loc, type(), wide);
    }
    if (fromBits < toBits)
      return builder.create<arith::ExtFOp>(loc, type(), x);
    return builder.create<arith::TruncFOp>(loc, type(), x);
  }
  if (isFloat(kind)) {
    if (isUnsigned(from))
      return builder.create<arith::UIToFPOp>(loc, type(), x);
    return builder.create<arith::SIToFPOp>(loc, type(), x);
  }
  if (isFloat(from)) {
    if (isUnsigned(kind))
      return builder.create<arith::FPToUIOp>(loc, type(), x);
    return builder.create<arith::FPToSIOp>(loc, type(), x);
  }
  if (fromBits == toBits)
    return x;
  if (fromBits > toBits)
    return builder.create<arith::TruncIOp>(loc, type(), x);
  if (isUnsigned(from))
    return builder.create<arith::ExtUIOp>(loc, type(), x);
  return builder.create<arith::ExtSIOp>(loc, type(), x);
}

Value Scalar::sigmoid(Value x) {
  Value one = constant(1);
  return div(one, add(one, math<math::ExpOp>(neg(x))));
}

Value Scalar::softplus(Value x) {
  Value tail = math<math::Log1pOp>(math<math::ExpOp>(neg(abs(x))));
  return add(max(x, constant(0)), tail);
}

} // namespace convopt
