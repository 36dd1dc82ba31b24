#include "Interpolation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <algorithm>
#include <cmath>

namespace convopt {

using Mode = InterpolationRule::Mode;
using Coordinates = InterpolationRule::Coordinates;
using Rounding = InterpolationRule::Rounding;

std::optional<Mode> parseMode(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<Mode>>(name)
      .Case("nearest", Mode::Nearest)
      .Cases("linear", "bilinear", Mode::Linear)
      .Cases("cubic", "bicubic", Mode::Cubic)
      .Default(std::nullopt);
}

std::optional<Coordinates> parseCoordinates(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<Coordinates>>(name)
      .Case("half_pixel", Coordinates::HalfPixel)
      .Case("half_pixel_symmetric", Coordinates::HalfPixelSymmetric)
      .Case("pytorch_half_pixel", Coordinates::PytorchHalfPixel)
      .Case("align_corners", Coordinates::AlignCorners)
      .Case("asymmetric", Coordinates::Asymmetric)
      .Case("tf_crop_and_resize", Coordinates::TfCropAndResize)
      .Default(std::nullopt);
}

std::optional<Rounding> parseRounding(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<Rounding>>(name)
      .Case("round_prefer_floor", Rounding::PreferFloor)
      .Case("round_prefer_ceil", Rounding::PreferCeil)
      .Case("floor", Rounding::Floor)
      .Case("ceil", Rounding::Ceil)
      .Default(std::nullopt);
}

bool Interpolation::isGather() const {
  return taps == 1 && offsets.empty() &&
         llvm::all_of(weights, [](double weight) { return weight == 1; });
}

/// Where output element `x` lies on the input, whose elements lie at integers.
/// PytorchHalfPixel puts the only element of an output at 0, the first of the
/// input, as the text does and ONNX Runtime too, with antialias and without it.
/// The reference puts it at -0.5, before the first: the same number without
/// antialias, since the edge goes on there, and another with it.
static float originalCoordinate(int64_t x, const ResizedAxis &axis,
                                Coordinates mode) {
  float output = x, last = axis.input - 1;
  // What the scale says, which need not be an integer.
  float extent = axis.scale * axis.input;
  switch (mode) {
  case Coordinates::HalfPixel:
    return (output + 0.5f) / axis.scale - 0.5f;
  case Coordinates::PytorchHalfPixel:
    return axis.output == 1 ? 0 : (output + 0.5f) / axis.scale - 0.5f;
  case Coordinates::HalfPixelSymmetric: {
    float offset = axis.input / 2.0f * (1 - axis.output / extent);
    return offset + (output + 0.5f) / axis.scale - 0.5f;
  }
  case Coordinates::AlignCorners:
    return axis.output == 1 ? 0 : output * last / (extent - 1);
  case Coordinates::Asymmetric:
    return output / axis.scale;
  case Coordinates::TfCropAndResize: {
    float roi = axis.roiEnd - axis.roiStart, start = axis.roiStart;
    return start * last + (axis.output == 1
                               ? roi * last / 2
                               : output * roi * last / (extent - 1));
  }
  }
  return 0;
}

/// Keys' cubic convolution kernel with parameter `a`.
static double cubicKernel(double x, double a) {
  x = std::fabs(x);
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
}

/// The weights of the elements from `first` on, relative to the element left
/// of the coordinate; `ratio` in (0, 1] is the distance to that element. Where
/// an axis shrinks and antialias is set, the kernel is as wide as the step.
static std::vector<double> kernelWeights(double ratio, float scale,
                                         const InterpolationRule &rule,
                                         int64_t &first) {
  double radius = rule.mode == Mode::Linear ? 1 : 2;
  double step = rule.antialias ? std::min<double>(scale, 1) : 1;
  first = static_cast<int64_t>(std::floor(-radius / step)) + 1;
  std::vector<double> weights;
  double sum = 0;
  for (int64_t i = first; i < 2 - first; ++i) {
    double x = (i - ratio) * step;
    weights.push_back(rule.mode == Mode::Linear
                          ? std::max(0.0, 1 - std::fabs(x))
                          : cubicKernel(x, rule.cubicCoefficient));
    sum += weights.back();
  }
  if (rule.antialias)
    for (double &weight : weights)
      weight /= sum;
  return weights;
}

static int64_t roundCoordinate(int64_t left, double ratio, Rounding rounding,
                               float scale) {
  if (ratio == 1)
    return left + 1;
  switch (rounding) {
  case Rounding::Simple:
    return left + (scale < 1);
  case Rounding::PreferFloor:
    return left + (ratio > 0.5);
  case Rounding::PreferCeil:
    return left + (ratio >= 0.5);
  case Rounding::Floor:
    return left;
  case Rounding::Ceil:
    return left + 1;
  }
  return left;
}

static void excludeOutside(std::vector<double> &weights, int64_t first,
                           int64_t extent) {
  double sum = 0;
  for (auto [i, weight] : llvm::enumerate(weights)) {
    int64_t index = first + static_cast<int64_t>(i);
    if (index < 0 || index >= extent)
      weight = 0;
    sum += weight;
  }
  for (double &weight : weights)
    weight /= sum;
}

Interpolation interpolate(const ResizedAxis &axis,
                          const InterpolationRule &rule) {
  Interpolation result;
  result.outputs = axis.output;
  for (int64_t x = 0; x < axis.output; ++x) {
    float at = originalCoordinate(x, axis, rule.coordinates);
    // The element at or right of the coordinate decides: ratio is in (0, 1].
    int64_t left = static_cast<int64_t>(std::ceil(at)) - 1;
    double ratio = static_cast<double>(at) - left;
    int64_t first = 0;
    std::vector<double> weights = {1};
    if (rule.mode == Mode::Nearest)
      first = roundCoordinate(left, ratio, rule.rounding, axis.scale);
    else {
      weights = kernelWeights(ratio, axis.scale, rule, first);
      first += left;
      if (rule.excludeOutside)
        excludeOutside(weights, first, axis.input);
    }
    bool outside = rule.coordinates == Coordinates::TfCropAndResize &&
                   (at < 0 || at > axis.input - 1);
    if (outside && result.offsets.empty())
      result.offsets.assign(axis.output, 0);
    if (outside) {
      result.offsets[x] = rule.extrapolationValue;
      std::fill(weights.begin(), weights.end(), 0);
    }
    result.taps = weights.size();
    for (auto [i, weight] : llvm::enumerate(weights)) {
      int64_t index = first + static_cast<int64_t>(i);
      result.indices.push_back(std::clamp<int64_t>(index, 0, axis.input - 1));
      result.weights.push_back(weight);
    }
  }
  return result;
}

} // namespace convopt
