#ifndef CONVOPT_IMPORT_OPS_INTERPOLATION_H
#define CONVOPT_IMPORT_OPS_INTERPOLATION_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <vector>

namespace convopt {

/// How ONNX's Resize maps one axis; names as in the operator's attributes.
struct InterpolationRule {
  enum class Mode { Nearest, Linear, Cubic } mode = Mode::Nearest;
  enum class Coordinates {
    HalfPixel,
    HalfPixelSymmetric,
    PytorchHalfPixel,
    AlignCorners,
    Asymmetric,
    TfCropAndResize
  } coordinates = Coordinates::HalfPixel;
  enum class Rounding {
    PreferFloor,
    PreferCeil,
    Floor,
    Ceil,
    /// Of opset 10, which does not say it: its node tests and ONNX Runtime go
    /// up where an axis shrinks, and down where it grows.
    Simple
  } rounding = Rounding::PreferFloor;
  double cubicCoefficient = -0.75;
  bool excludeOutside = false;
  bool antialias = false;
  double extrapolationValue = 0;
};

/// Nothing for a name that ONNX does not define.
std::optional<InterpolationRule::Mode> parseMode(llvm::StringRef name);
std::optional<InterpolationRule::Coordinates>
parseCoordinates(llvm::StringRef name);
std::optional<InterpolationRule::Rounding> parseRounding(llvm::StringRef name);

/// One axis of a resized tensor, worked out: output element o is
///   offsets[o] + sum over t < taps of weights[o, t] * input[indices[o, t]].
struct Interpolation {
  int64_t outputs = 0, taps = 0;
  std::vector<int64_t> indices; ///< outputs x taps, within the input
  std::vector<double> weights;  ///< outputs x taps
  std::vector<double> offsets;  ///< outputs; empty if all are 0

  /// One tap of weight 1 at each output.
  bool isGather() const;
};

/// The extent of an axis on both sides, their ratio as the model gives it, and
/// the region of interest (for TfCropAndResize).
struct ResizedAxis {
  int64_t input = 1, output = 1;
  float scale = 1;
  double roiStart = 0, roiEnd = 1;
};

/// Coordinates are computed in single precision, as ONNX Runtime does: at a
/// scale of 2.6 output 13 is exactly 5 there, and below 5 in double. The rest
/// follows the text of the standard, which ONNX's reference implementation and
/// ONNX Runtime read differently in two places where an extent, input times
/// scale, is no whole number. PytorchHalfPixel puts the one element of a result
/// of one element at 0, with a stretched filter (antialias) too: so the text
/// and ONNX Runtime; the reference has it at -0.5, and only if the extent is 1
/// exactly. AlignCorners divides by the extent less one, not by the result's
/// last index: so the reference, and the node tests that are made by it.
Interpolation interpolate(const ResizedAxis &axis,
                          const InterpolationRule &rule);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_INTERPOLATION_H
