// Reading a tensor at coordinates that are data. The elements to read and their
// weights depend on one dimension alone, so there is a table for each: the
// coordinate, its rounding and the polynomials are computed once a point, not
// once a channel and tap. What is left in the inner loop are loads,
// multiplications and additions.
#include "Sampling.h"

using namespace mlir;

namespace convopt {

using Mode = SamplingRule::Mode;
using Padding = SamplingRule::Padding;

static Value floorOf(Scalar &s, Value x) { return s.math<math::FloorOp>(x); }

static Value clampTo(Scalar &s, Value x, double low, double high) {
  // NaN becomes `low`, which is an element or lies outside: never undefined.
  Value least = s.maxNumber(x, s.constant(low));
  return s.select(s.less(least, s.constant(high)), least, s.constant(high));
}

/// `x` mirrored at `low` and `high` until it lies between them.
static Value reflect(Scalar &s, Value x, double low, double high) {
  if (high <= low)
    return s.constant(low);
  double range = high - low;
  Value below = s.sub(s.constant(low), x), above = s.sub(x, s.constant(high));
  Value isBelow = s.less(x, s.constant(low));
  Value isAbove = s.less(s.constant(high), x);
  Value beyond = s.select(isBelow, below, above);
  Value turns = floorOf(s, s.div(beyond, s.constant(range)));
  Value rest = s.sub(beyond, s.mul(turns, s.constant(range)));
  Value half = floorOf(s, s.mul(turns, s.constant(0.5)));
  Value isEven = s.equal(s.mul(half, s.constant(2)), turns);
  // After an even number of turns it comes back from the side it left by.
  Value fromLow = s.add(s.constant(low), rest);
  Value fromHigh = s.sub(s.constant(high), rest);
  Value comesFromLow = s.select(
      isBelow, isEven,
      s.builder.create<arith::XOrIOp>(s.loc, isEven,
                                      s.builder.create<arith::ConstantOp>(
                                          s.loc, s.builder.getBoolAttr(true))));
  Value mirrored = s.select(comesFromLow, fromLow, fromHigh);
  Value isOutside = s.builder.create<arith::OrIOp>(s.loc, isBelow, isAbove);
  return s.select(isOutside, mirrored, x);
}

/// A coordinate as the padding mode sees it, finite and of moderate size.
static Value padCoordinate(Scalar &s, Value x, int64_t extent,
                           const SamplingRule &rule) {
  double low = rule.alignCorners ? 0 : -0.5;
  double high = rule.alignCorners ? extent - 1.0 : extent - 0.5;
  switch (rule.padding) {
  case Padding::Zeros:
    // Two elements further out no tap is inside.
    return clampTo(s, x, -4, static_cast<double>(extent) + 3);
  case Padding::Border: {
    Value isOutside = s.builder.create<arith::OrIOp>(
        s.loc, s.less(x, s.constant(low)), s.less(s.constant(high), x));
    Value inside = clampTo(s, x, 0, static_cast<double>(extent) - 1);
    return clampTo(s, s.select(isOutside, inside, x), -1,
                   static_cast<double>(extent));
  }
  case Padding::Reflection:
    return clampTo(s, reflect(s, x, low, high), -1,
                   static_cast<double>(extent));
  }
  return x;
}

/// The element that stands for `index`, a whole number; -1 for none.
static Value padIndex(Scalar &s, Value index, int64_t extent,
                      const SamplingRule &rule) {
  if (rule.padding == Padding::Border)
    return clampTo(s, index, 0, static_cast<double>(extent) - 1);
  if (rule.padding == Padding::Reflection) {
    double low = rule.alignCorners ? 0 : -0.5;
    double high = rule.alignCorners ? extent - 1.0 : extent - 0.5;
    return clampTo(s, reflect(s, index, low, high), 0,
                   static_cast<double>(extent) - 1);
  }
  Value isBelow = s.less(index, s.constant(0));
  Value isAbove = s.less(s.constant(static_cast<double>(extent) - 1), index);
  return s.select(s.builder.create<arith::OrIOp>(s.loc, isBelow, isAbove),
                  s.constant(-1), index);
}

/// Keys' cubic convolution kernel with a = -0.75, for the distance `x`.
static Value cubicWeight(Scalar &s, Value x) {
  constexpr double a = -0.75;
  auto polynomial = [&](std::initializer_list<double> coefficients) {
    Value sum;
    for (double c : coefficients)
      sum = sum ? s.add(s.mul(sum, x), s.constant(c)) : s.constant(c);
    return sum;
  };
  Value near = polynomial({a + 2, -(a + 3), 0, 1});
  Value far = polynomial({a, -5 * a, 8 * a, -4 * a});
  return s.select(s.lessOrEqual(x, s.constant(1)), near, far);
}

static Value tapWeight(Scalar &s, Value ratio, Value tap, Mode mode) {
  if (mode == Mode::Nearest)
    return s.constant(1);
  if (mode == Mode::Linear) {
    Value isFirst = s.less(tap, s.constant(0.5));
    return s.select(isFirst, s.sub(s.constant(1), ratio), ratio);
  }
  return cubicWeight(s, s.abs(s.sub(s.sub(tap, s.constant(1)), ratio)));
}

SampleTable makeSampleTable(
    Node &node, ArrayRef<int64_t> points, int64_t extent,
    const SamplingRule &rule, ElementKind kind,
    llvm::function_ref<Value(Scalar &, ArrayRef<Value>)> coordinate) {
  Shape shape(points);
  shape.push_back(rule.taps());
  /// The coordinate, padded, and the number of the tap.
  auto place = [&](Scalar &s, ArrayRef<Value> at) -> std::pair<Value, Value> {
    Value x = coordinate(s, at.drop_back());
    if (rule.mode == Mode::Nearest)
      x = s.math<math::RoundEvenOp>(x);
    Value tap = s.builder.create<arith::IndexCastOp>(
        s.loc, s.builder.getI32Type(), at.back());
    return {padCoordinate(s, x, extent, rule),
            s.convert(tap, ElementKind::I32)};
  };
  SampleTable table;
  table.indices = generate(
      node, shape, ElementKind::I32, [&](Scalar &integer, ArrayRef<Value> at) {
        Scalar s(integer.builder, integer.loc, kind);
        auto [x, tap] = place(s, at);
        Value index = s.add(floorOf(s, x), tap);
        if (rule.mode == Mode::Cubic)
          index = s.sub(index, s.constant(1));
        return integer.convert(padIndex(s, index, extent, rule), kind);
      });
  table.weights =
      generate(node, shape, kind, [&](Scalar &s, ArrayRef<Value> at) {
        auto [x, tap] = place(s, at);
        return tapWeight(s, s.sub(x, floorOf(s, x)), tap, rule.mode);
      });
  return table;
}

Value sample(Scalar &s, Value image, ArrayRef<Value> leading,
             ArrayRef<SampleTable> tables, ArrayRef<Value> at,
             const SamplingRule &rule) {
  OpBuilder &b = s.builder;
  Location loc = s.loc;
  Value zero = b.create<arith::ConstantIndexOp>(loc, 0);
  auto entry = [&](Value table, int64_t tap) -> Value {
    SmallVector<Value> place(at);
    place.push_back(b.create<arith::ConstantIndexOp>(loc, tap));
    return b.create<tensor::ExtractOp>(loc, table, place);
  };
  // From the first dimension to the last: each sums up what the next ones give.
  std::function<Value(size_t, SmallVector<Value>, Value)> sum =
      [&](size_t dim, SmallVector<Value> place, Value isInside) -> Value {
    if (dim == tables.size()) {
      Value element = b.create<tensor::ExtractOp>(loc, image, place);
      return isInside ? s.select(isInside, element, s.constant(0)) : element;
    }
    Value total;
    for (int64_t tap = 0; tap < rule.taps(); ++tap) {
      Value index = b.create<arith::IndexCastOp>(
          loc, b.getIndexType(), entry(tables[dim].indices, tap));
      SmallVector<Value> next(place);
      Value inside = isInside;
      if (rule.padding == Padding::Zeros) {
        Value isHere = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::sge,
                                               index, zero);
        inside = inside ? b.create<arith::AndIOp>(loc, inside, isHere) : isHere;
        index = b.create<arith::MaxSIOp>(loc, index, zero);
      }
      next.push_back(index);
      Value part = sum(dim + 1, next, inside);
      if (rule.mode != Mode::Nearest)
        part = s.mul(part, entry(tables[dim].weights, tap));
      total = total ? s.add(total, part) : part;
    }
    return total;
  };
  return sum(0, SmallVector<Value>(leading), nullptr);
}

} // namespace convopt
