#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

using Unary = llvm::function_ref<Value(Scalar &, Value)>;
using Combine = llvm::function_ref<Value(Scalar &, Value element, Value sum)>;

static Value addUp(Scalar &s, Value x, Value sum) { return s.add(sum, x); }

/// Attribute or input; none means all dimensions, or, if asked, no reduction.
static llvm::Expected<SmallVector<int64_t>> readAxes(const Node &node) {
  int64_t rank = static_cast<int64_t>(node.inputShape(0).size());
  auto given = node.getIntsOrInput("axes", 1);
  if (!given)
    return given.takeError();
  std::vector<int64_t> axes;
  if (*given)
    axes = **given;
  if (axes.empty() && !node.getInt("noop_with_empty_axes", 0))
    for (int64_t i = 0; i < rank; ++i)
      axes.push_back(i);
  return node.normalizeAxes(axes, rank);
}

/// Reduces `input` (input 0, or of its shape); `post` is applied last.
static Error createReduction(Node &node, ArrayRef<int64_t> axes, Value input,
                             TypedAttr init, Combine combine,
                             Unary post = nullptr) {
  ElementKind kind = node.outputKind(0);
  Value result = reduce(node, input, axes, kind, init, combine);
  if (post)
    result = elementwise(
        node, {result}, shapeOf(result), kind,
        [&](Scalar &s, ArrayRef<Value> x) { return post(s, x[0]); });
  if (shapeOf(result) != node.outputShape(0) &&
      countElements(shapeOf(result)) != countElements(node.outputShape(0)))
    return node.error("the output does not fit the axes");
  return node.setOutput(0, reshape(node, result, node.outputShape(0)));
}

static Error importReduction(Node &node, TypedAttr init, Combine combine,
                             Unary post = nullptr) {
  auto axes = readAxes(node);
  if (!axes)
    return axes.takeError();
  return createReduction(node, *axes, node.input(0), init, combine, post);
}

static TypedAttr zero(Node &node) {
  return Scalar(node.builder, node.loc, node.outputKind(0)).attribute(0);
}

static Error importReduceSum(Node &node) {
  return importReduction(node, zero(node), addUp);
}

static Error importReduceProd(Node &node) {
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  return importReduction(
      node, scalar.attribute(1),
      [](Scalar &s, Value x, Value product) { return s.mul(product, x); });
}

static Error importReduceMax(Node &node) {
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  return importReduction(
      node, scalar.lowest(),
      [](Scalar &s, Value x, Value most) { return s.max(most, x); });
}

static Error importReduceMin(Node &node) {
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  return importReduction(
      node, scalar.highest(),
      [](Scalar &s, Value x, Value least) { return s.min(least, x); });
}

static Error importReduceMean(Node &node) {
  auto axes = readAxes(node);
  if (!axes)
    return axes.takeError();
  int64_t count = 1;
  for (int64_t axis : *axes)
    count *= node.inputShape(0)[axis];
  if (count == 0)
    return node.error("the mean of no elements");
  return createReduction(
      node, *axes, node.input(0), zero(node), addUp,
      [&](Scalar &s, Value sum) { return s.div(sum, s.intConstant(count)); });
}

static Error importReduceL1(Node &node) {
  return importReduction(node, zero(node), [](Scalar &s, Value x, Value sum) {
    return s.add(sum, s.abs(x));
  });
}

static Value addSquare(Scalar &s, Value x, Value sum) {
  return s.add(sum, s.mul(x, x));
}

static Error importReduceSumSquare(Node &node) {
  return importReduction(node, zero(node), addSquare);
}

/// Integers take the root in double precision.
static Value root(Scalar &s, Value x) {
  if (isFloat(s.kind))
    return s.math<math::SqrtOp>(x);
  Scalar wide(s.builder, s.loc, ElementKind::F64);
  return s.convert(wide.math<math::SqrtOp>(wide.convert(x, s.kind)), wide.kind);
}

static Value logarithm(Scalar &s, Value x) {
  if (isFloat(s.kind))
    return s.math<math::LogOp>(x);
  Scalar wide(s.builder, s.loc, ElementKind::F64);
  return s.convert(wide.math<math::LogOp>(wide.convert(x, s.kind)), wide.kind);
}

static Error importReduceL2(Node &node) {
  return importReduction(node, zero(node), addSquare, root);
}

static Error importReduceLogSum(Node &node) {
  return importReduction(node, zero(node), addUp, logarithm);
}

/// max + log(sum(exp(x - max))): no exponential overflows. A row that is
/// infinite as a whole is not shifted, since inf - inf is no number.
static Error importReduceLogSumExp(Node &node) {
  auto axes = readAxes(node);
  if (!axes)
    return axes.takeError();
  ElementKind kind = node.outputKind(0);
  if (!isFloat(kind))
    return node.error("integers are not supported");
  Scalar outer(node.builder, node.loc, kind);
  Value input = node.input(0);
  Value most = reduce(node, input, *axes, kind, outer.lowest(),
                      [](Scalar &s, Value x, Value m) { return s.max(m, x); });
  Value shift = elementwise(
      node, {most}, shapeOf(most), kind, [](Scalar &s, ArrayRef<Value> x) {
        Value infinity =
            s.builder.create<arith::ConstantOp>(s.loc, s.highest());
        return s.select(s.less(s.abs(x[0]), infinity), x[0], s.constant(0));
      });
  Shape kept(node.inputShape(0));
  for (int64_t axis : *axes)
    kept[axis] = 1;
  Value wide = reshape(node, shift, kept);
  Value powers = elementwise(node, {input, wide}, node.inputShape(0), kind,
                             [](Scalar &s, ArrayRef<Value> x) {
                               return s.math<math::ExpOp>(s.sub(x[0], x[1]));
                             });
  Value sum = reduce(node, powers, *axes, kind, outer.attribute(0), addUp);
  Value result = elementwise(node, {sum, shift}, shapeOf(sum), kind,
                             [](Scalar &s, ArrayRef<Value> x) {
                               return s.add(s.math<math::LogOp>(x[0]), x[1]);
                             });
  return node.setOutput(0, reshape(node, result, node.outputShape(0)));
}

void registerReductionOps(OpTable &table) {
  table["ReduceSum"] = importReduceSum;
  table["ReduceProd"] = importReduceProd;
  table["ReduceMax"] = importReduceMax;
  table["ReduceMin"] = importReduceMin;
  table["ReduceMean"] = importReduceMean;
  table["ReduceL1"] = importReduceL1;
  table["ReduceL2"] = importReduceL2;
  table["ReduceLogSum"] = importReduceLogSum;
  table["ReduceLogSumExp"] = importReduceLogSumExp;
  table["ReduceSumSquare"] = importReduceSumSquare;
}

} // namespace convopt
