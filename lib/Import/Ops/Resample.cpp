// The way from coordinates to input elements and weights is known at compile
// time (Interpolation.h); here it becomes one operation an axis, or one for all
// axes if elements are only copied.
#include "Resample.h"
#include "Generic.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// Taps up to which the sum is written out.
static constexpr int64_t unrolledTaps = 8;

static Value indexConstant(Scalar &s, int64_t value) {
  return s.builder.create<arith::ConstantIndexOp>(s.loc, value);
}

/// k if output o reads input o / k for a whole k, else 0.
static int64_t wholeFactor(const Interpolation &axis, int64_t input) {
  int64_t factor = axis.outputs / std::max<int64_t>(input, 1);
  if (factor < 1 || factor * input != axis.outputs)
    return 0;
  for (int64_t o = 0; o < axis.outputs; ++o)
    if (axis.indices[o] != o / factor)
      return 0;
  return factor;
}

/// Copies elements along all axes at once.
static Value gatherAxes(Node &node, Value x, ArrayRef<Interpolation> axes) {
  Shape shape;
  SmallVector<int64_t> factors;
  SmallVector<Value> tables;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    shape.push_back(axis.outputs);
    factors.push_back(wholeFactor(axis, shapeOf(x)[i]));
    tables.push_back(
        factors.back() ? Value()
                       : node.materialise(Constant::fromInts(
                             ElementKind::I32, {axis.outputs}, axis.indices)));
  }
  return generate(
      node, shape, node.inputKind(0), [&](Scalar &s, ArrayRef<Value> at) {
        OpBuilder &b = s.builder;
        SmallVector<Value> from(at);
        for (size_t i = 0; i < from.size(); ++i) {
          if (factors[i] == 1)
            continue;
          if (factors[i]) {
            from[i] = b.create<arith::DivUIOp>(s.loc, at[i],
                                               indexConstant(s, factors[i]));
          } else {
            Value entry = b.create<tensor::ExtractOp>(s.loc, tables[i], at[i]);
            from[i] =
                b.create<arith::IndexCastOp>(s.loc, b.getIndexType(), entry);
          }
        }
        return b.create<tensor::ExtractOp>(s.loc, x, from).getResult();
      });
}

namespace {
/// The tables of one axis as tensors.
struct Tables {
  Value indices, weights, offsets;
};
} // namespace

static Tables materialiseTables(Node &node, const Interpolation &axis,
                                ElementKind kind) {
  Tables tables;
  Shape shape = {axis.outputs, axis.taps};
  tables.indices = node.materialise(
      Constant::fromInts(ElementKind::I32, shape, axis.indices));
  tables.weights =
      node.materialise(Constant::fromDoubles(kind, shape, axis.weights));
  if (!axis.offsets.empty())
    tables.offsets = node.materialise(
        Constant::fromDoubles(kind, {axis.outputs}, axis.offsets));
  return tables;
}

/// weights[o, tap] * x[..., indices[o, tap], ...] for the element `at`.
static Value weighted(Scalar &s, Value x, const Tables &tables,
                      ArrayRef<Value> at, int64_t axis, Value tap) {
  OpBuilder &b = s.builder;
  ValueRange entry{at[axis], tap};
  Value index = b.create<tensor::ExtractOp>(s.loc, tables.indices, entry);
  Value weight = b.create<tensor::ExtractOp>(s.loc, tables.weights, entry);
  SmallVector<Value> from(at);
  from[axis] = b.create<arith::IndexCastOp>(s.loc, b.getIndexType(), index);
  Value element = b.create<tensor::ExtractOp>(s.loc, x, from);
  return s.mul(element, weight);
}

static Value offsetAt(Scalar &s, const Tables &tables, ArrayRef<Value> at,
                      int64_t axis) {
  if (!tables.offsets)
    return s.constant(0);
  return s.builder.create<tensor::ExtractOp>(s.loc, tables.offsets, at[axis]);
}

/// Interpolates along one axis; `x` is of `kind`, f32 or f64.
static Value interpolateAxis(Node &node, Value x, int64_t axis,
                             const Interpolation &rule, ElementKind kind) {
  Tables tables = materialiseTables(node, rule, kind);
  Shape shape(shapeOf(x));
  shape[axis] = rule.outputs;
  if (rule.taps <= unrolledTaps)
    return generate(node, shape, kind, [&](Scalar &s, ArrayRef<Value> at) {
      Value sum = offsetAt(s, tables, at, axis);
      for (int64_t tap = 0; tap < rule.taps; ++tap)
        sum =
            s.add(sum, weighted(s, x, tables, at, axis, indexConstant(s, tap)));
      return sum;
    });
  // The taps as a last dimension that is summed up.
  int64_t rank = static_cast<int64_t>(shape.size());
  Shape terms(shape);
  terms.push_back(rule.taps);
  Value products =
      generate(node, terms, kind, [&](Scalar &s, ArrayRef<Value> at) {
        return weighted(s, x, tables, at.drop_back(), axis, at.back());
      });
  auto type = cast<FloatType>(toMlirType(kind, node.builder.getContext()));
  Value sum =
      reduce(node, products, rank, kind, node.builder.getFloatAttr(type, 0),
             [](Scalar &s, Value a, Value total) { return s.add(a, total); });
  if (!tables.offsets)
    return sum;
  Shape column(rank - axis, 1);
  column[0] = rule.outputs;
  return elementwise(
      node, {sum, reshape(node, tables.offsets, column)}, shape, kind,
      [](Scalar &s, ArrayRef<Value> a) { return s.add(a[0], a[1]); });
}

Error emitResize(Node &node, ArrayRef<ResizedAxis> plan,
                 const InterpolationRule &rule) {
  SmallVector<Interpolation> axes;
  bool gather = true;
  for (const ResizedAxis &axis : plan) {
    InterpolationRule copy;
    copy.coordinates = InterpolationRule::Coordinates::Asymmetric;
    bool same =
        axis.scale == 1 && axis.input == axis.output &&
        rule.coordinates != InterpolationRule::Coordinates::TfCropAndResize;
    axes.push_back(interpolate(axis, same ? copy : rule));
    gather &= axes.back().isGather();
  }
  if (gather)
    return node.setOutput(0, gatherAxes(node, node.input(0), axes));
  ElementKind kind = node.inputKind(0);
  if (!isFloat(kind))
    return node.error("interpolates floating point only");
  ElementKind computed = kind == ElementKind::F64 ? kind : ElementKind::F32;
  auto convert = [&](Value value, ElementKind from, ElementKind to) {
    if (from == to)
      return value;
    return elementwise(
        node, Operand(value), shapeOf(value), to,
        [&](Scalar &s, ArrayRef<Value> a) { return s.convert(a[0], from); });
  };
  Value x = convert(node.input(0), kind, computed);
  for (auto [i, axis] : llvm::enumerate(axes))
    if (!axis.isGather() || wholeFactor(axis, shapeOf(x)[i]) != 1)
      x = interpolateAxis(node, x, i, axis, computed);
  return node.setOutput(0, convert(x, computed, kind));
}

} // namespace convopt
