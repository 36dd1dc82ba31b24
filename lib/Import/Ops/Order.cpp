// Operators that depend on the order of elements along an axis: ArgMax, ArgMin,
// Hardmax, TopK, CumSum.
#include "Generic.h"
#include "Ops.h"
#include "convopt/IR/ConvoptDialect.h"

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

/// Where along `axis` (which is left out of the result) the first or the last
/// of the largest or smallest elements of `x` is, as i64; `x` has elements of
/// input 0.
static Value findExtreme(Node &node, Value x, int64_t axis, bool largest,
                         bool last) {
  ArrayRef<int64_t> shape = shapeOf(x);
  int64_t extent = shape[axis];
  Value best = extreme(node, x, axis, largest);
  // Positions that do not hold the extreme count as the worst answer.
  Value places = elementwise(
      node, {x, best}, shape, ElementKind::I64,
      [&](Scalar &s, ArrayRef<Value> a) {
        Scalar element(s.builder, s.loc, node.inputKind(0));
        return s.select(element.equal(a[0], a[1]), coordinate(s, axis),
                        s.intConstant(last ? 0 : extent - 1));
      });
  OpBuilder &builder = node.builder;
  return reduce(node, places, axis, ElementKind::I64,
                builder.getI64IntegerAttr(last ? 0 : extent - 1),
                [&](Scalar &s, Value a, Value so) {
                  return last ? s.max(a, so) : s.min(a, so);
                });
}

static Error importArgExtreme(Node &node, bool largest) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", 0), shape.size());
  if (!axis)
    return axis.takeError();
  if (shape[*axis] < 1)
    return node.error("the axis is empty");
  bool last = node.getInt("select_last_index", 0);
  Value result = findExtreme(node, node.input(0), *axis, largest, last);
  return node.setOutput(0, reshape(node, result, node.outputShape(0)));
}

/// One where the first of the largest elements is, else zero: along an axis, or
/// until opset 12 along it and all behind it together.
static Error importHardmax(Node &node) {
  Shape shape(node.inputShape(0));
  bool single = node.opset() >= 13;
  auto axis = node.normalizeAxis(node.getInt("axis", single ? -1 : 1),
                                 static_cast<int64_t>(shape.size()));
  if (!axis)
    return axis.takeError();
  if (*countElements(shape) == 0)
    return node.forward(0, 0);
  Shape rows(shape);
  if (!single) {
    rows.truncate(*axis);
    rows.push_back(*countElements(ArrayRef(shape).drop_front(*axis)));
  }
  Value place =
      findExtreme(node, reshape(node, node.input(0), rows), *axis, true, false);
  Shape kept(rows);
  kept[*axis] = 1;
  Value y = elementwise(node, Operand(reshape(node, place, kept)), rows,
                        node.outputKind(0), [&](Scalar &s, ArrayRef<Value> a) {
                          Scalar integer(s.builder, s.loc, ElementKind::I64);
                          return s.select(
                              integer.equal(a[0], coordinate(integer, *axis)),
                              s.constant(1), s.constant(0));
                        });
  return node.setOutput(0, reshape(node, y, shape));
}

/// The dimensions in their order but `axis`, which becomes the last.
static SmallVector<int64_t> moveToEnd(int64_t rank, int64_t axis) {
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq(rank));
  std::rotate(perm.begin() + axis, perm.begin() + axis + 1, perm.end());
  return perm;
}

/// The results are sorted whether `sorted` asks for it or not. Rows are
/// searched along the last dimension, in which they are contiguous.
static Error importTopK(Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  int64_t rank = static_cast<int64_t>(shape.size());
  auto axis = node.normalizeAxis(node.getInt("axis", -1), rank);
  if (!axis)
    return axis.takeError();
  Shape result(node.outputShape(node.hasOutput(0) ? 0 : 1));
  if (result.size() != shape.size() || result[*axis] > shape[*axis])
    return node.error("k is larger than the axis");
  ElementKind kind = node.inputKind(0);
  OpBuilder &builder = node.builder;
  SmallVector<int64_t> perm = moveToEnd(rank, *axis);
  bool moved = *axis + 1 < rank;
  Value x = moved ? transpose(node, node.input(0), perm) : node.input(0);
  int64_t n = shape[*axis], k = result[*axis], rows = 1;
  for (int64_t i = 0; i < rank; ++i)
    rows *= i == *axis ? 1 : shape[i];
  Value outputs[] = {
      createEmpty(node, {rows, k}, node.inputType(0).getElementType()),
      createEmpty(node, {rows, k}, builder.getI64Type())};
  if (rows && k) {
    auto best = builder.create<TopKOp>(
        node.loc, TypeRange(ValueRange(outputs)), reshape(node, x, {rows, n}),
        outputs[0], outputs[1], !node.getInt("largest", 1), isUnsigned(kind));
    llvm::copy(best.getResults(), outputs);
  }
  Shape kept = result;
  std::rotate(kept.begin() + *axis, kept.begin() + *axis + 1, kept.end());
  SmallVector<int64_t> back = llvm::to_vector(llvm::seq(rank));
  std::rotate(back.begin() + *axis, back.end() - 1, back.end());
  for (size_t i = 0; i < 2; ++i) {
    if (!node.hasOutput(i))
      continue;
    Value output = reshape(node, outputs[i], kept);
    if (moved)
      output = transpose(node, output, back);
    if (Error error = node.setOutput(i, output))
      return error;
  }
  return Error::success();
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
  table["Hardmax"] = importHardmax;
  table["TopK"] = importTopK;
  table["CumSum"] = importCumSum;
}

} // namespace convopt
