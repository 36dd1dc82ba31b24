// Resize and Upsample: what their attributes and inputs say of each axis.
#include "Generic.h"
#include "Ops.h"
#include "Resample.h"

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace convopt {

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
  // One scale for all, even where rounding the sizes changes it: the text's
  // `scale` is that before rounding, and so it is in the reference and ONNX
  // Runtime. Which axes the sizes are of is told by their number, from the
  // front or from the back, as of any axes; ONNX Runtime crashes on a policy
  // with axes from the back, the reference refuses them.
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

/// Whether there is nothing to compute: of an empty tensor, which can become no
/// other, an extent has no scale.
static Expected<bool> isNothing(Node &node) {
  if (llvm::is_contained(node.outputShape(0), 0)) {
    Value empty = createEmpty(node, node.outputShape(0),
                              node.outputType(0).getElementType());
    if (Error error = node.setOutput(0, empty))
      return std::move(error);
    return true;
  }
  if (node.outputShape(0).empty() || llvm::is_contained(node.inputShape(0), 0))
    return node.error("an empty tensor cannot be resized");
  return false;
}

/// An input that may be left out or empty.
static Expected<std::vector<double>> optionalDoubles(const Node &node, size_t i,
                                                     const char *what) {
  if (!node.hasInput(i))
    return std::vector<double>();
  return node.constantDoubles(i, what);
}

static Error importResize(Node &node) {
  Expected<bool> nothing = isNothing(node);
  if (!nothing || *nothing)
    return nothing.takeError();
  InterpolationRule rule;
  bool legacy = node.opset() == 10;
  auto mode = parseMode(node.getString("mode", "nearest"));
  auto coordinates = parseCoordinates(
      legacy ? "asymmetric"
             : node.getString("coordinate_transformation_mode", "half_pixel"));
  auto rounding =
      legacy
          ? InterpolationRule::Rounding::Simple
          : parseRounding(node.getString("nearest_mode", "round_prefer_floor"));
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
  Expected<bool> nothing = isNothing(node);
  if (!nothing || *nothing)
    return nothing.takeError();
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
