#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

namespace {
/// The dimensions that are normalised together.
struct Rows {
  SmallVector<int64_t> axes;
  /// The input's shape with ones there.
  Shape reduced;
};
} // namespace

/// One axis from opset 13; before, the axis and all behind it.
static llvm::Expected<Rows> readRows(const Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  int64_t rank = static_cast<int64_t>(shape.size());
  bool single = node.opset() >= 13;
  Rows rows;
  rows.reduced.assign(shape.begin(), shape.end());
  if (rank == 0)
    return rows;
  auto axis = node.normalizeAxis(node.getInt("axis", single ? -1 : 1), rank);
  if (!axis)
    return axis.takeError();
  for (int64_t i = *axis; i < (single ? *axis + 1 : rank); ++i) {
    rows.axes.push_back(i);
    rows.reduced[i] = 1;
  }
  return rows;
}

static Value reduceRows(
    Node &node, const Rows &rows, Value input, TypedAttr init,
    llvm::function_ref<Value(Scalar &, Value element, Value sum)> combine) {
  Value result =
      reduce(node, input, rows.axes, node.outputKind(0), init, combine);
  return reshape(node, result, rows.reduced);
}

/// `body` of each element and of the maximum of its row: with the difference of
/// the two no exponential overflows, and a sum of exponentials is at least one.
static Value
mapWithMax(Node &node, const Rows &rows,
           llvm::function_ref<Value(Scalar &, Value x, Value most)> body) {
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  Value input = node.input(0);
  Value most = reduceRows(node, rows, input, scalar.lowest(),
                          [](Scalar &s, Value x, Value sum) -> Value {
                            // The difference of a NaN with any number is one,
                            // so the maximum may leave it out, which takes a
                            // quarter of the instructions.
                            return s.builder.create<arith::MaximumFOp>(
                                s.loc, sum, x, arith::FastMathFlags::nnan);
                          });
  return elementwise(
      node, {input, most}, node.inputShape(0), node.outputKind(0),
      [&](Scalar &s, ArrayRef<Value> x) { return body(s, x[0], x[1]); });
}

static Value sumRows(Node &node, const Rows &rows, Value value) {
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  return reduceRows(
      node, rows, value, scalar.attribute(0),
      [](Scalar &s, Value x, Value sum) { return s.add(sum, x); });
}

static Error importSoftmax(Node &node) {
  auto rows = readRows(node);
  if (!rows)
    return rows.takeError();
  Value powers =
      mapWithMax(node, *rows, [](Scalar &s, Value x, Value most) -> Value {
        // At most 1.
        return s.builder.create<math::ExpOp>(s.loc, s.sub(x, most),
                                             arith::FastMathFlags::ninf);
      });
  // One division a row, not one an element.
  Value sum = sumRows(node, *rows, powers);
  Value share = elementwise(
      node, {Operand(sum)}, shapeOf(sum), node.outputKind(0),
      [](Scalar &s, ArrayRef<Value> x) { return s.div(s.constant(1), x[0]); });
  Value result = elementwise(
      node, {powers, share}, node.inputShape(0), node.outputKind(0),
      [](Scalar &s, ArrayRef<Value> x) { return s.mul(x[0], x[1]); });
  return node.setOutput(0, result);
}

static Error importLogSoftmax(Node &node) {
  auto rows = readRows(node);
  if (!rows)
    return rows.takeError();
  Value shifted = mapWithMax(node, *rows, [](Scalar &s, Value x, Value most) {
    return s.sub(x, most);
  });
  Value powers = elementwise(
      node, {Operand(shifted)}, node.inputShape(0), node.outputKind(0),
      [](Scalar &s, ArrayRef<Value> x) { return s.math<math::ExpOp>(x[0]); });
  Value sum = sumRows(node, *rows, powers);
  Value result =
      elementwise(node, {shifted, sum}, node.inputShape(0), node.outputKind(0),
                  [](Scalar &s, ArrayRef<Value> x) {
                    return s.sub(x[0], s.math<math::LogOp>(x[1]));
                  });
  return node.setOutput(0, result);
}

void registerSoftmaxOps(OpTable &table) {
  table["Softmax"] = importSoftmax;
  table["LogSoftmax"] = importLogSoftmax;
}

} // namespace convopt
