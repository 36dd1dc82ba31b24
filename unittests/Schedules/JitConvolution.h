#ifndef CONVOPT_UNITTESTS_SCHEDULES_JITCONVOLUTION_H
#define CONVOPT_UNITTESTS_SCHEDULES_JITCONVOLUTION_H

#include "convopt/Primitives/Primitive.h"
#include <string>

namespace convopt {

struct JitResult {
  std::vector<float> output; ///< NCHW, whatever the type of the elements
  int64_t scratchBytes = 0;  ///< the most that was allocated at one time
  std::string error;         ///< what Halide said, if it failed
};

/// What the epilogue of runConvolution makes of a sum.
double epilogueOf(double sum, int64_t channel, int64_t x, int64_t y, int64_t n);

struct JitOptions {
  /// What the epilogue ends with a cast to: f32, f16, bf16, f64, i8, u8, i32,
  /// i64 or bool.
  std::string type = "f32";
  bool plain = false;   ///< the sums as they are, without an epilogue
  int64_t padValue = 0; ///< what surrounds an image of bytes
  /// The result is the left part of an image that has so many columns more,
  /// which may not be written.
  int64_t columnsBeside = 0;
};

/// Compiles `choice` in this process, runs it twice on `image` (NCHW), once
/// with every buffer's front against an inaccessible page and once with its
/// back, and returns the second result; an element that was not written, or
/// differs between the runs, is NaN.
///
/// `image` and `filter` are of the layer's types: of bytes they hold whole
/// numbers, and the result, which has no epilogue then, is i32.
JitResult runConvolution(const ConvProblem &layer, const Choice &choice,
                         const MachineDescription &machine, int64_t threads,
                         const std::vector<float> &image,
                         const std::vector<float> &filter,
                         const JitOptions &options = {});

} // namespace convopt

#endif // CONVOPT_UNITTESTS_SCHEDULES_JITCONVOLUTION_H
