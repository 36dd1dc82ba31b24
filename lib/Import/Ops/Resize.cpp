// Resize and Upsample. The way from coordinates to input elements and weights
// is known at compile time (Interpolation.h); here it becomes one operation an
// axis, or one for all axes if elements are only copied.
#include "Generic.h"
#include "Interpolation.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;
using llvm::Expected;

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

/// Far beyond any image.
static constexpr int64_t extentLimit = 1 << 20;

/// Scales and output extents of all axes; one of `scales` and `sizes` is
/// given, for `axes` alone.
static Expected<SmallVector<ResizedAxis>>
planAxes(const Node &node, ArrayRef<int64_t> axes, ArrayRef<double> scales,
         ArrayRef<int64_t> sizes, ArrayRef<double> roi) {
  SmallVector<ResizedAxis> plan;
  for (auto [input, output] :
       llvm::zip(node.inputShape(0), node.outputShape(0))) {
    ResizedAxis axis;
    axis.input = input;
    axis.output = output;
    plan.push_back(axis);
    // Tables of this length are written into the module.
    if (std::max(input, output) > extentLimit)
      return node.error("a dimension is too large to be resized");
  }
  if (scales.size() != axes.size() && sizes.size() != axes.size())
    return node.error("scales or sizes must have one entry an axis");
  for (auto [i, at] : llvm::enumerate(axes)) {
    ResizedAxis &axis = plan[at];
    axis.scale = scales.empty() ? static_cast<float>(axis.output) / axis.input
                                : static_cast<float>(scales[i]);
    if (!roi.empty()) {
      axis.roiStart = roi[i];
      axis.roiEnd = roi[axes.size() + i];
    }
    if (!(axis.scale > 0) || !std::isfinite(axis.scale))
      return node.error("scales must be positive");
  }
  // One scale for all, even where rounding the sizes changes it.
  StringRef policy = node.getString("keep_aspect_ratio_policy", "stretch");
  if (!sizes.empty() && policy != "stretch") {
    SmallVector<float> ratios;
    for (auto [size, at] : llvm::zip(sizes, axes))
      ratios.push_back(static_cast<float>(size) / plan[at].input);
    float common = policy == "not_larger" ? *llvm::min_element(ratios)
                                          : *llvm::max_element(ratios);
    for (int64_t at : axes)
      plan[at].scale = common;
  }
  return plan;
}

/// Resizes input 0 by `plan` and `rule` into output 0.
static Error emitResize(Node &node, ArrayRef<ResizedAxis> plan,
                        const InterpolationRule &rule) {
  if (node.outputShape(0).size() == 0 ||
      llvm::is_contained(node.inputShape(0), 0))
    return node.error("an empty tensor cannot be resized");
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

/// An input that may be left out or empty.
static Expected<std::vector<double>> optionalDoubles(const Node &node, size_t i,
                                                     const char *what) {
  if (!node.hasInput(i))
    return std::vector<double>();
  return node.constantDoubles(i, what);
}

static Error importResize(Node &node) {
  InterpolationRule rule;
  bool legacy = node.opset() == 10;
  auto mode = parseMode(node.getString("mode", "nearest"));
  auto coordinates = parseCoordinates(
      legacy ? "asymmetric"
             : node.getString("coordinate_transformation_mode", "half_pixel"));
  auto rounding = parseRounding(
      legacy ? "floor" : node.getString("nearest_mode", "round_prefer_floor"));
  if (!mode || !coordinates || !rounding)
    return node.error("has a mode, coordinate_transformation_mode or "
                      "nearest_mode that ONNX does not define");
  rule.mode = *mode;
  rule.coordinates = *coordinates;
  rule.rounding = *rounding;
  rule.cubicCoefficient = node.getFloat("cubic_coeff_a", -0.75);
  rule.excludeOutside = node.getInt("exclude_outside", 0);
  rule.antialias = node.getInt("antialias", 0);
  rule.extrapolationValue = node.getFloat("extrapolation_value", 0);

  int64_t rank = node.inputShape(0).size();
  auto given = node.getInts("axes");
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (given) {
    axes.clear();
    for (int64_t axis : *given) {
      auto normal = node.normalizeAxis(axis, rank);
      if (!normal)
        return normal.takeError();
      axes.push_back(*normal);
    }
  }
  auto roi = optionalDoubles(node, legacy ? 9 : 1, "roi");
  auto scales = optionalDoubles(node, legacy ? 1 : 2, "scales");
  auto sizes = optionalDoubles(node, 3, "sizes");
  if (!roi)
    return roi.takeError();
  if (!scales)
    return scales.takeError();
  if (!sizes)
    return sizes.takeError();
  if (rule.coordinates != InterpolationRule::Coordinates::TfCropAndResize)
    roi->clear();
  else if (roi->size() != 2 * axes.size())
    return node.error("roi must have two entries an axis");
  std::vector<int64_t> extents(sizes->begin(), sizes->end());
  auto plan = planAxes(node, axes, *scales, extents, *roi);
  if (!plan)
    return plan.takeError();
  return emitResize(node, *plan, rule);
}

/// Until opset 9; Resize took over.
static Error importUpsample(Node &node) {
  auto mode = parseMode(node.getString("mode", "nearest"));
  if (!mode || *mode == InterpolationRule::Mode::Cubic)
    return node.error("has a mode that ONNX does not define");
  InterpolationRule rule;
  rule.mode = *mode;
  rule.coordinates = InterpolationRule::Coordinates::Asymmetric;
  rule.rounding = InterpolationRule::Rounding::Floor;
  auto attribute = node.getFloats("scales");
  auto scales = attribute ? Expected<std::vector<double>>(std::move(*attribute))
                          : optionalDoubles(node, 1, "scales");
  if (!scales)
    return scales.takeError();
  int64_t rank = node.inputShape(0).size();
  auto plan = planAxes(node, llvm::to_vector(llvm::seq<int64_t>(0, rank)),
                       *scales, {}, {});
  if (!plan)
    return plan.takeError();
  return emitResize(node, *plan, rule);
}

void registerResizeOps(OpTable &table) {
  table["Resize"] = importResize;
  table["Upsample"] = importUpsample;
}

} // namespace convopt
