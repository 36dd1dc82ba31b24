#ifndef CONVOPT_SCHEDULES_CONVSCHEDULE_H
#define CONVOPT_SCHEDULES_CONVSCHEDULE_H

#include "Halide.h"
#include "convopt/Primitives/Primitive.h"
#include <functional>

namespace convopt {

/// Coordinates of one output element; `channel` runs over all groups.
struct ConvPoint {
  Halide::Expr channel, x, y, batch;
};

/// What a sum is added to, as a bias.
using Initial = std::function<Halide::Expr(const ConvPoint &at)>;

/// What becomes of an accumulated sum before it is stored: residual,
/// activation. Called once, with expressions in the output's pure variables.
using Epilogue =
    std::function<Halide::Expr(Halide::Expr sum, const ConvPoint &at)>;

/// What a primitive's schedule needs.
struct ConvRequest {
  ConvProblem layer;
  Choice choice;
  MachineDescription machine;
  int64_t threads = 1;
  /// Of the layer's input type. Unpadded, defined on exactly the image;
  /// innermost dimension first: NHWC is (c, x, y, n), NCHW is (x, y, c, n); c
  /// runs over all groups.
  Halide::Func input;
  /// One dimension: Primitive::packFilter's elements, in the order of
  /// Primitive::packedFilter.
  Halide::Func filter;
  Epilogue epilogue;
  /// What stands for zero around the image: of bytes any number may.
  int64_t padValue = 0;
  /// Whether a weight may be -128, the least byte.
  bool hasLeastByte = true;
  /// Whether the image is rounded on the way; buildConvolution says so.
  bool convertsInput = false;
  Initial initial = {}; ///< null: nothing
  /// A row of a channel's or pixels' results lies behind the one before.
  bool rowsTogether = true;
};

/// The algorithm of the chosen primitive and its schedule. The result has the
/// output's dimensions, innermost first ((c, x, y, n) for NHWC), its bounds
/// set to the layer's and its strides to those of a dense tensor, and every
/// stage scheduled; it is the pipeline's output.
Halide::Func buildConvolution(const ConvRequest &request);

} // namespace convopt

#endif // CONVOPT_SCHEDULES_CONVSCHEDULE_H
