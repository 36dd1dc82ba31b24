#ifndef CONVOPT_UNITTESTS_SCHEDULES_CHECKEDCHOICES_H
#define CONVOPT_UNITTESTS_SCHEDULES_CHECKEDCHOICES_H

#include "JitConvolution.h"
#include "LayerTable.h"
#include "NaiveConvolution.h"
#include "RandomFloats.h"
#include "gtest/gtest.h"

namespace convopt {

/// What a layer gives, with the epilogue of runConvolution.
inline std::vector<double> expected(const ConvLayer &l,
                                    const std::vector<float> &image,
                                    const std::vector<float> &filter) {
  std::vector<double> sums = naiveConvolution(l, image, filter);
  const int64_t channels = l.groups * l.outChannels;
  for (int64_t i = 0; i < int64_t(sums.size()); ++i) {
    const int64_t x = i % l.outWidth, y = i / l.outWidth % l.outHeight;
    const int64_t plane = i / l.outWidth / l.outHeight;
    sums[i] = epilogueOf(sums[i], plane % channels, x, y, plane / channels);
  }
  return sums;
}

/// Each of `choices` gives that, within its error and its workspace.
inline void check(const NamedLayer &entry, const MachineDescription &machine,
                  const std::vector<Choice> &choices, int64_t threads) {
  const ConvLayer &l = entry.layer;
  const std::vector<float> image = randomFloats(l.inputElements(), 1);
  const std::vector<float> filter = randomFloats(l.filterElements(), 2);
  const std::vector<double> want = expected(l, image, filter);
  EXPECT_FALSE(choices.empty());
  for (const Choice &choice : choices) {
    SCOPED_TRACE(entry.name + " on " + machine.cpu + ": " + toString(choice));
    const Primitive &primitive = *choice.primitive;
    JitResult result =
        runConvolution(l, choice, machine, threads, image, filter);
    ASSERT_EQ(result.error, "");
    ASSERT_EQ(result.output.size(), want.size());
    EXPECT_LE(relativeError(result.output, want), primitive.errorBound());
    // What Halide rounds each of a few allocations up by.
    EXPECT_LE(result.scratchBytes,
              threads * (primitive.workspaceBytes(l, choice, machine) + 512));
  }
}

} // namespace convopt

#endif // CONVOPT_UNITTESTS_SCHEDULES_CHECKEDCHOICES_H
