// Operators that depend on the order of elements along an axis: ArgMax, ArgMin,
// TopK, CumSum.
#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

static Value coordinate(Scalar &s, int64_t axis) {
  Value index = s.builder.create<linalg::IndexOp>(s.loc, axis);
  return s.builder.create<arith::IndexCastOp>(s.loc, s.type(), index);
}

/// The largest (or smallest) along `axis`, which becomes 1.
static Value extreme(Node &node, Value x, int64_t axis, bool largest) {
  ElementKind kind = node.inputKind(0);
  Scalar limits(node.builder, node.loc, kind);
  Value result =
      reduce(node, x, axis, kind, largest ? limits.lowest() : limits.highest(),
             [&](Scalar &s, Value a, Value best) {
               return largest ? s.max(a, best) : s.min(a, best);
             });
  Shape kept(shapeOf(x));
  kept[axis] = 1;
  return reshape(node, result, kept);
}

static Error importArgExtreme(Node &node, bool largest) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", 0), shape.size());
  if (!axis)
    return axis.takeError();
  int64_t extent = shape[*axis];
  if (extent < 1)
    return node.error("the axis is empty");
  bool last = node.getInt("select_last_index", 0);
  Value x = node.input(0);
  Value best = extreme(node, x, *axis, largest);
  // Positions that do not hold the extreme count as the worst answer.
  Value places = elementwise(
      node, {x, best}, shape, ElementKind::I64,
      [&](Scalar &s, ArrayRef<Value> a) {
        Scalar element(s.builder, s.loc, node.inputKind(0));
        return s.select(element.equal(a[0], a[1]), coordinate(s, *axis),
                        s.intConstant(last ? 0 : extent - 1));
      });
  OpBuilder &builder = node.builder;
  Value result = reduce(node, places, *axis, ElementKind::I64,
                        builder.getI64IntegerAttr(last ? 0 : extent - 1),
                        [&](Scalar &s, Value a, Value so) {
                          return last ? s.max(a, so) : s.min(a, so);
                        });
  return node.setOutput(0, reshape(node, result, node.outputShape(0)));
}

/// How many elements along `axis` come before each, in falling (or rising)
/// order, of equal ones the first first: n^2 comparisons, all in parallel.
static Value ranks(Node &node, Value x, int64_t axis, bool largest) {
  Shape shape(shapeOf(x)), pairs(shape);
  // Dimension `axis` runs over the element, the last over its rivals.
  pairs.push_back(shape[axis]);
  ElementKind kind = node.inputKind(0);
  Value before = generate(
      node, pairs, ElementKind::I64, [&](Scalar &s, ArrayRef<Value> at) {
        SmallVector<Value> own(at.drop_back()), rival(own);
        rival[axis] = at.back();
        Value a = s.builder.create<tensor::ExtractOp>(s.loc, x, own);
        Value b = s.builder.create<tensor::ExtractOp>(s.loc, x, rival);
        Scalar element(s.builder, s.loc, kind);
        Value better = largest ? element.less(a, b) : element.less(b, a);
        Value earlier = s.builder.create<arith::CmpIOp>(
            s.loc, arith::CmpIPredicate::slt, at.back(), at[axis]);
        Value tie = s.builder.create<arith::AndIOp>(s.loc, element.equal(a, b),
                                                    earlier);
        Value hit = s.builder.create<arith::OrIOp>(s.loc, better, tie);
        return s.select(hit, s.intConstant(1), s.intConstant(0));
      });
  return reduce(node, before, static_cast<int64_t>(shape.size()),
                ElementKind::I64, node.builder.getI64IntegerAttr(0),
                [](Scalar &s, Value a, Value sum) { return s.add(a, sum); });
}

static Error importTopK(Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", -1), shape.size());
  if (!axis)
    return axis.takeError();
  Shape result(node.outputShape(node.hasOutput(0) ? 0 : 1));
  if (result.size() != shape.size() || result[*axis] > shape[*axis])
    return node.error("k is larger than the axis");
  Value x = node.input(0);
  Value rank = ranks(node, x, *axis, node.getInt("largest", 1));
  // The place of the element of each rank: all others count as place 0.
  int64_t last = static_cast<int64_t>(shape.size());
  Shape pairs(result);
  pairs.push_back(shape[*axis]);
  Value candidates = generate(
      node, pairs, ElementKind::I64, [&](Scalar &s, ArrayRef<Value> at) {
        SmallVector<Value> from(at.drop_back());
        from[*axis] = at.back();
        Value own = s.builder.create<tensor::ExtractOp>(s.loc, rank, from);
        return s.select(s.equal(own, coordinate(s, *axis)), coordinate(s, last),
                        s.intConstant(0));
      });
  Value places =
      reduce(node, candidates, last, ElementKind::I64,
             node.builder.getI64IntegerAttr(0),
             [](Scalar &s, Value a, Value sum) { return s.add(a, sum); });
  if (node.hasOutput(1))
    if (Error error = node.setOutput(1, places))
      return error;
  if (!node.hasOutput(0))
    return Error::success();
  Value values = generate(
      node, result, node.inputKind(0), [&](Scalar &s, ArrayRef<Value> at) {
        SmallVector<Value> from(at);
        Value place = s.builder.create<tensor::ExtractOp>(s.loc, places, at);
        from[*axis] = s.builder.create<arith::IndexCastOp>(
            s.loc, s.builder.getIndexType(), place);
        return s.builder.create<tensor::ExtractOp>(s.loc, x, from).getResult();
      });
  return node.setOutput(0, values);
}

/// The elements moved by `count` along `axis`, to its end or its begin, zeros
/// behind them.
static Value shift(Node &node, Value x, int64_t axis, int64_t count,
                   bool toBegin) {
  Shape shape(shapeOf(x));
  SmallVector<int64_t> low(shape.size(), 0), high(low), offsets(low);
  (toBegin ? high : low)[axis] = count;
  offsets[axis] = toBegin ? count : 0;
  Scalar s(node.builder, node.loc, node.inputKind(0));
  return slice(node, pad(node, x, low, high, s.attribute(0)), offsets, shape);
}

/// Hillis and Steele's scan: log2(n) element-wise additions.
static Error importCumSum(Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  auto axes = node.constantInts(1, "axis");
  if (!axes)
    return axes.takeError();
  if (axes->size() != 1)
    return node.error("axis must be one number");
  auto axis = node.normalizeAxis(axes->front(), shape.size());
  if (!axis)
    return axis.takeError();
  bool reverse = node.getInt("reverse", 0);
  Value sum = node.input(0);
  if (shape[*axis] && node.getInt("exclusive", 0))
    sum = shift(node, sum, *axis, 1, reverse);
  for (int64_t step = 1; step < shape[*axis]; step *= 2)
    sum =
        elementwise(node, {sum, shift(node, sum, *axis, step, reverse)}, shape,
                    node.inputKind(0), [](Scalar &s, ArrayRef<Value> a) {
                      return s.add(a[0], a[1]);
                    });
  return node.setOutput(0, sum);
}

void registerOrderOps(OpTable &table) {
  table["ArgMax"] = [](Node &node) { return importArgExtreme(node, true); };
  table["ArgMin"] = [](Node &node) { return importArgExtreme(node, false); };
  table["TopK"] = importTopK;
  table["CumSum"] = importCumSum;
}

} // namespace convopt
