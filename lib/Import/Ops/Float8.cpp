// 8-bit floats, by integer arithmetic on the bits of wider ones; no CPU that we
// compile for has them. A number is a sign, an exponent and m bits behind the
// point. Numbers without exponent are m-bit integers times the smallest power
// of two, and the code of the smallest number with exponent follows on the
// largest of those, so that a carry of rounding needs no care in either case.
// The formats (Micikevicius et al., "FP8 Formats for Deep Learning", 2022, and
// those of Graphcore and AMD without negative zero) differ in bias and in what
// stands for infinity and NaN; the last one holds powers of two alone.
#include "Float8.h"
#include <cmath>

using namespace mlir;

namespace convopt {

namespace {
struct Format {
  int mantissa, bias;
  int largest;     ///< the code of the largest finite number
  int infinity;    ///< what stands for what is too large, without the sign
  int nan;         ///< without the sign
  bool hasOneZero; ///< 0x80 is NaN
};

/// Bits of a wider float: their number, those of its mantissa, and its bias.
struct Wide {
  explicit Wide(const Scalar &s)
      : isDouble(s.kind == ElementKind::F64), bits(isDouble ? 64 : 32),
        mantissa(isDouble ? 52 : 23), bias(isDouble ? 1023 : 127) {}
  bool isDouble;
  int bits, mantissa, bias;
};
} // namespace

static Format formatOf(ElementKind kind) {
  switch (kind) {
  case ElementKind::F8E4M3FN:
    return {3, 7, 0x7e, 0x7f, 0x7f, false};
  case ElementKind::F8E4M3FNUZ:
    return {3, 8, 0x7f, 0x80, 0x80, true};
  case ElementKind::F8E5M2:
    return {2, 15, 0x7b, 0x7c, 0x7e, false};
  default:
    return {2, 16, 0x7f, 0x80, 0x80, true};
  }
}

/// Integer arithmetic of one width.
namespace {
struct Bits {
  OpBuilder &b;
  Location loc;
  Type type;

  Value number(int64_t value) const {
    return b.create<arith::ConstantOp>(loc, IntegerAttr::get(type, value));
  }
  template <typename Op> Value make(Value x, int64_t y) const {
    return b.create<Op>(loc, x, number(y));
  }
  template <typename Op> Value make(Value x, Value y) const {
    return b.create<Op>(loc, x, y);
  }
  Value less(Value x, Value y) const {
    return b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, x, y);
  }
  Value less(Value x, int64_t y) const { return less(x, number(y)); }
  Value equal(Value x, int64_t y) const {
    return b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, x, number(y));
  }
  Value select(Value condition, Value x, Value y) const {
    return b.create<arith::SelectOp>(loc, condition, x, y);
  }
};
} // namespace

Value decodeFloat8(Scalar &single, Value code, ElementKind kind) {
  OpBuilder &b = single.builder;
  Location loc = single.loc;
  Bits i{b, loc, b.getI32Type()};
  auto toFloat = [&](Value bits) -> Value {
    return b.create<arith::BitcastOp>(loc, single.type(), bits);
  };
  Value nan = i.number(0x7fc00000);
  Value wide = b.create<arith::ExtUIOp>(loc, b.getI32Type(), code);
  if (kind == ElementKind::F8E8M0) {
    // Nought is 2^-127, which has no exponent of its own in f32.
    Value power = i.make<arith::ShLIOp>(wide, 23);
    power = i.select(i.equal(wide, 0), i.number(0x00400000), power);
    return toFloat(i.select(i.equal(wide, 255), nan, power));
  }
  Format f = formatOf(kind);
  Value magnitude = i.make<arith::AndIOp>(wide, 0x7f);
  Value sign = i.make<arith::ShLIOp>(i.make<arith::AndIOp>(wide, 0x80), 24);
  Value normal =
      i.make<arith::AddIOp>(i.make<arith::ShLIOp>(magnitude, 23 - f.mantissa),
                            static_cast<int64_t>(127 - f.bias) << 23);
  Value small = b.create<arith::SIToFPOp>(loc, single.type(), magnitude);
  small = single.mul(small,
                     single.constant(std::ldexp(1.0, 1 - f.bias - f.mantissa)));
  small = b.create<arith::BitcastOp>(loc, b.getI32Type(), small);
  Value bits =
      i.select(i.less(magnitude, int64_t(1) << f.mantissa), small, normal);
  if (f.infinity == 0x7c) {
    bits = i.select(i.equal(magnitude, 0x7c), i.number(0x7f800000), bits);
    bits = i.select(i.less(magnitude, 0x7d), bits, nan);
  } else if (!f.hasOneZero) {
    bits = i.select(i.equal(magnitude, f.nan), nan, bits);
  }
  bits = i.make<arith::OrIOp>(bits, sign);
  if (f.hasOneZero)
    bits = i.select(i.equal(wide, f.nan), nan, bits);
  return toFloat(bits);
}

/// Powers of two: the exponent of f32, rounded by the bits behind it.
static Value encodePower(Scalar &s, Value x, Float8Rounding rounding) {
  OpBuilder &b = s.builder;
  Scalar single(b, s.loc, ElementKind::F32);
  Bits i{b, s.loc, b.getI32Type()};
  Value bits = b.create<arith::BitcastOp>(s.loc, b.getI32Type(),
                                          single.convert(x, s.kind));
  Value exponent =
      i.make<arith::AndIOp>(i.make<arith::ShRUIOp>(bits, 23), 0xff);
  Value fraction = i.make<arith::AndIOp>(bits, 0x7fffff);
  Value up = b.create<arith::ConstantOp>(s.loc, b.getBoolAttr(false));
  if (rounding.mode == "up") {
    up = i.less(i.number(0), fraction);
  } else if (rounding.mode == "nearest") {
    // Half way up, but from nought.
    Value half =
        i.select(i.equal(exponent, 0), i.number(0x400001), i.number(0x400000));
    up = b.create<arith::CmpIOp>(s.loc, arith::CmpIPredicate::sge, fraction,
                                 half);
  }
  Value raised = i.make<arith::AddIOp>(exponent, 1);
  if (rounding.saturate)
    raised = i.make<arith::MinSIOp>(raised, 0xfe);
  Value power = i.select(up, raised, exponent);
  power = i.select(i.equal(exponent, 0xff), exponent, power);
  return b.create<arith::TruncIOp>(s.loc, b.getI8Type(), power);
}

Value encodeFloat8(Scalar &s, Value x, ElementKind kind,
                   Float8Rounding rounding) {
  if (kind == ElementKind::F8E8M0)
    return encodePower(s, x, rounding);
  OpBuilder &b = s.builder;
  Location loc = s.loc;
  Format f = formatOf(kind);
  Wide w(s);
  Bits i{b, loc, b.getIntegerType(w.bits)};
  int shift = w.mantissa - f.mantissa;
  Value bits = b.create<arith::BitcastOp>(loc, i.type, x);
  Value sign = i.make<arith::AndIOp>(
      i.make<arith::ShRUIOp>(bits, int64_t(w.bits - 8)), 0x80);
  int64_t all = w.isDouble ? INT64_MAX : INT32_MAX;
  Value magnitude = i.make<arith::AndIOp>(bits, all);
  int64_t infinity = static_cast<int64_t>(2 * w.bias + 1) << w.mantissa;
  Value isNan = i.less(i.number(infinity), magnitude);
  // To the nearest, ties to even.
  Value odd = i.make<arith::AndIOp>(i.make<arith::ShRUIOp>(magnitude, shift),
                                    int64_t(1));
  Value half = i.make<arith::AddIOp>(odd, (int64_t(1) << (shift - 1)) - 1);
  Value normal =
      i.make<arith::ShRUIOp>(i.make<arith::AddIOp>(magnitude, half), shift);
  normal = i.make<arith::SubIOp>(normal, static_cast<int64_t>(w.bias - f.bias)
                                             << f.mantissa);
  // In units of the smallest number.
  int64_t least = static_cast<int64_t>(w.bias + 1 - f.bias) << w.mantissa;
  Value isSmall = i.less(magnitude, least);
  Value small = b.create<arith::BitcastOp>(
      loc, s.type(), i.select(isSmall, magnitude, i.number(0)));
  small = s.mul(small, s.constant(std::ldexp(1.0, f.bias - 1 + f.mantissa)));
  small = s.math<math::RoundEvenOp>(small);
  small = b.create<arith::FPToSIOp>(loc, i.type, small);
  Value code = i.select(isSmall, small, normal);
  Value isLarge = i.less(i.number(f.largest), code);
  Value result = i.select(
      isLarge, i.number(rounding.saturate ? f.largest : f.infinity), code);
  result = i.select(isNan, i.number(f.nan), result);
  Value isSigned = i.make<arith::OrIOp>(result, sign);
  if (f.hasOneZero)
    isSigned = i.select(i.equal(result, 0), result, isSigned);
  return b.create<arith::TruncIOp>(loc, b.getI8Type(), isSigned);
}

} // namespace convopt
