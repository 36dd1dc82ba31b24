// InstanceNormalization, GroupNormalization, LayerNormalization,
// RMSNormalization and MeanVarianceNormalization: (x - mean) / deviation *
// scale + bias with statistics over some dimensions, in single precision at
// least. The variance is that of the differences to the mean: the difference of
// the mean square to the squared mean is noise where the mean is large beside
// the deviation, and may be negative. The mean itself is summed up in double
// precision and subtracted so, since there its rounding would be noise too.
#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

namespace {
/// A tensor less its mean, and what came out on the way; the statistics have
/// the dimensions that they are taken over as ones.
struct Standardised {
  Value centred;
  Value mean; ///< in f64; null if it is taken to be 0
  Value inverseDeviation;
};
} // namespace

/// f64 stays, everything else is computed in f32.
static ElementKind precision(ElementKind kind) {
  return kind == ElementKind::F64 ? kind : ElementKind::F32;
}

static Value convert(Node &node, Value value, ElementKind from,
                     ElementKind to) {
  if (from == to)
    return value;
  return elementwise(
      node, Operand(value), shapeOf(value), to,
      [&](Scalar &s, ArrayRef<Value> x) { return s.convert(x[0], from); });
}

/// The sum over `axes`, which become ones, of the elements, which are of
/// `from`, or of their squares.
static Value sum(Node &node, Value x, ArrayRef<int64_t> axes, ElementKind from,
                 ElementKind kind, bool squares) {
  Shape kept(shapeOf(x));
  for (int64_t axis : axes)
    kept[axis] = 1;
  TypedAttr zero = node.builder.getFloatAttr(
      cast<FloatType>(toMlirType(kind, node.builder.getContext())), 0);
  Value result =
      reduce(node, x, axes, kind, zero, [&](Scalar &s, Value a, Value total) {
        a = s.convert(a, from);
        return s.add(total, squares ? s.mul(a, a) : a);
      });
  return reshape(node, result, kept);
}

/// `x` is of `kind`, f32 or f64. `epsilon` is added to the variance, or to the
/// deviation.
static Standardised standardise(Node &node, Value x, ElementKind kind,
                                ArrayRef<int64_t> axes, bool centre,
                                double epsilon, bool toDeviation = false) {
  double count = 1;
  for (int64_t axis : axes)
    count *= static_cast<double>(shapeOf(x)[axis]);
  Standardised result;
  result.centred = x;
  if (centre) {
    Value total = sum(node, x, axes, kind, ElementKind::F64, false);
    result.mean =
        elementwise(node, Operand(total), shapeOf(total), ElementKind::F64,
                    [&](Scalar &s, ArrayRef<Value> a) {
                      return s.div(a[0], s.constant(count));
                    });
    result.centred = elementwise(
        node, {Operand(x), Operand(result.mean)}, shapeOf(x), kind,
        [&](Scalar &s, ArrayRef<Value> a) {
          Value difference = s.sub(s.convert(a[0], kind), a[1]);
          return Scalar(s.builder, s.loc, kind).convert(difference, s.kind);
        },
        ElementKind::F64);
  }
  Value squares = sum(node, result.centred, axes, kind, kind, true);
  result.inverseDeviation =
      elementwise(node, Operand(squares), shapeOf(squares), kind,
                  [&](Scalar &s, ArrayRef<Value> a) {
                    Value variance = s.div(a[0], s.constant(count));
                    if (!toDeviation)
                      variance = s.add(variance, s.constant(epsilon));
                    Value root = s.math<math::SqrtOp>(variance);
                    if (toDeviation)
                      root = s.add(root, s.constant(epsilon));
                    return s.div(s.constant(1), root);
                  });
  return result;
}

/// Scale and bias are broadcast to the shape; `bias` may be left out.
static Value finish(Node &node, const Standardised &x, ElementKind kind,
                    std::optional<Operand> scale, ElementKind scaleKind,
                    std::optional<Operand> bias) {
  SmallVector<Operand> operands = {x.centred, x.inverseDeviation, *scale};
  if (bias)
    operands.push_back(*bias);
  ElementKind computed = precision(kind);
  return elementwise(
      node, operands, shapeOf(x.centred), kind,
      [&](Scalar &s, ArrayRef<Value> a) {
        Value value = s.mul(s.mul(a[0], a[1]), s.convert(a[2], scaleKind));
        if (bias)
          value = s.add(value, s.convert(a[3], scaleKind));
        return Scalar(s.builder, s.loc, kind).convert(value, computed);
      },
      computed);
}

static SmallVector<int64_t> dimsFrom(int64_t first, int64_t rank) {
  return llvm::to_vector(llvm::seq(first, rank));
}

static double epsilonOf(const Node &node) {
  return node.getFloat("epsilon", 1e-5);
}

/// Input `i`, one element a channel or group, for broadcasting to the second
/// of `rank` dimensions (and the third).
static Operand channels(Node &node, size_t i, int64_t rank,
                        ArrayRef<int64_t> split, Constant &storage) {
  Shape shape(split);
  shape.resize(rank - 1, 1);
  const Constant *constant = node.constant(i);
  if (constant && constant->size() == countElements(shape))
    return storage = constant->reshaped(shape);
  return reshape(node, node.input(i), shape);
}

static Error importInstanceNormalization(Node &node) {
  int64_t rank = node.inputShape(0).size();
  ElementKind kind = node.inputKind(0), computed = precision(kind);
  Value x = convert(node, node.input(0), kind, computed);
  Standardised standard =
      standardise(node, x, computed, dimsFrom(2, rank), true, epsilonOf(node));
  int64_t count = node.inputShape(0)[1];
  Constant storage[2];
  Operand scale = channels(node, 1, rank, count, storage[0]);
  Operand bias = channels(node, 2, rank, count, storage[1]);
  return node.setOutput(0, finish(node, standard, kind, scale, kind, bias));
}

static Error importGroupNormalization(Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  int64_t rank = shape.size(), groups = node.getInt("num_groups", 1);
  if (rank < 2 || groups <= 0 || shape[1] % groups)
    return node.error("num_groups does not divide the channels");
  Shape grouped(shape);
  grouped[1] = groups;
  grouped.insert(grouped.begin() + 2, shape[1] / groups);
  ElementKind kind = node.inputKind(0), computed = precision(kind);
  Value x =
      convert(node, reshape(node, node.input(0), grouped), kind, computed);
  Standardised standard = standardise(node, x, computed, dimsFrom(2, rank + 1),
                                      true, epsilonOf(node));
  // One factor a group until opset 20, one a channel since.
  SmallVector<int64_t> split = {groups};
  if (node.opset() >= 21)
    split.push_back(shape[1] / groups);
  Constant storage[2];
  Operand scale = channels(node, 1, rank + 1, split, storage[0]);
  Operand bias = channels(node, 2, rank + 1, split, storage[1]);
  Value y = finish(node, standard, kind, scale, kind, bias);
  return node.setOutput(0, reshape(node, y, shape));
}

static Error importLayerNormalization(Node &node, bool centre) {
  int64_t rank = node.inputShape(0).size();
  auto axis = node.normalizeAxis(node.getInt("axis", -1), rank);
  if (!axis)
    return axis.takeError();
  ElementKind kind = node.inputKind(0), computed = precision(kind);
  Value x = convert(node, node.input(0), kind, computed);
  Standardised standard = standardise(node, x, computed, dimsFrom(*axis, rank),
                                      centre, epsilonOf(node));
  if (node.hasOutput(0)) {
    std::optional<Operand> bias;
    if (centre && node.hasInput(2))
      bias = Operand(node, 2);
    Value y =
        finish(node, standard, kind, Operand(node, 1), node.inputKind(1), bias);
    if (Error error = node.setOutput(0, y))
      return error;
  }
  const Value statistics[] = {standard.mean, standard.inverseDeviation};
  for (size_t i = 1; i < 3; ++i) {
    if (!node.hasOutput(i))
      continue;
    ElementKind from = i == 1 ? ElementKind::F64 : computed;
    Value value = convert(node, statistics[i - 1], from, node.outputKind(i));
    if (Error error = node.setOutput(i, value))
      return error;
  }
  return Error::success();
}

/// The standard defines it by mean squares; what is meant is the deviation.
static Error importMeanVarianceNormalization(Node &node) {
  auto given = node.getInts("axes");
  auto axes =
      node.normalizeAxes(given.value_or(std::vector<int64_t>{0, 2, 3}),
                         static_cast<int64_t>(node.inputShape(0).size()));
  if (!axes)
    return axes.takeError();
  ElementKind kind = node.inputKind(0);
  Standardised x = standardise(node, node.input(0), kind, *axes, true, 1e-9,
                               /*toDeviation=*/true);
  Value y =
      elementwise(node, {Operand(x.centred), Operand(x.inverseDeviation)},
                  node.inputShape(0), kind, [](Scalar &s, ArrayRef<Value> a) {
                    return s.mul(a[0], a[1]);
                  });
  return node.setOutput(0, y);
}

void registerLayerNormOps(OpTable &table) {
  table["MeanVarianceNormalization"] = importMeanVarianceNormalization;
  table["InstanceNormalization"] = importInstanceNormalization;
  table["GroupNormalization"] = importGroupNormalization;
  table["LayerNormalization"] = [](Node &node) {
    return importLayerNormalization(node, true);
  };
  table["RMSNormalization"] = [](Node &node) {
    return importLayerNormalization(node, false);
  };
}

} // namespace convopt
