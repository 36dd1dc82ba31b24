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

/// Compiles `choice` in this process, runs it twice on `image` (NCHW), once
/// with every buffer's front against an inaccessible page and once with its
/// back, and returns the second result; an element that was not written, or
/// differs between the runs, is NaN. The epilogue ends with a cast to `type`:
/// f32, f16, bf16, f64, i8, u8, i32, i64 or bool. `plain`: the sums as they
/// are, without an epilogue.
///
/// `image` and `filter` are of the layer's types: of bytes they hold whole
/// numbers, `padValue` is what surrounds the image, and the result, which has
/// no epilogue then, is i32.
JitResult runConvolution(const ConvProblem &layer, const Choice &choice,
                         const MachineDescription &machine, int64_t threads,
                         const std::vector<float> &image,
                         const std::vector<float> &filter,
                         const std::string &type = "f32", bool plain = false,
                         int64_t padValue = 0);

} // namespace convopt

#endif // CONVOPT_UNITTESTS_SCHEDULES_JITCONVOLUTION_H
