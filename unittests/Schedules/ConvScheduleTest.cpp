// Every primitive against a naive convolution in double precision, on one
// table of layers, compiled for this host and for plain AVX2.

#include "JitConvolution.h"
#include "LayerTable.h"
#include "NaiveConvolution.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>
#include <set>

using namespace convopt;

namespace {

std::vector<float> randomFloats(int64_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float &value : values)
    value = normal(engine);
  return values;
}

std::vector<double> expected(const ConvLayer &l,
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

double relativeError(const std::vector<float> &got,
                     const std::vector<double> &want) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    difference += (got[i] - want[i]) * (got[i] - want[i]);
    norm += want[i] * want[i];
  }
  return std::sqrt(difference / norm);
}

// AVX2 as any x86-64-v3 processor has it; nothing where the host lacks it.
std::optional<MachineDescription> plainAvx2(const MachineDescription &host) {
  if (!host.isX86() || !host.has("avx2") || !host.has("fma"))
    return std::nullopt;
  TargetRequest request;
  request.target = "x86-64";
  return llvm::cantFail(describeMachine(request));
}

void check(const NamedLayer &entry, const MachineDescription &machine,
           bool everyVariant, int64_t threads) {
  const ConvLayer &l = entry.layer;
  const std::vector<float> image = randomFloats(l.inputElements(), 1);
  const std::vector<float> filter = randomFloats(l.filterElements(), 2);
  const std::vector<double> want = expected(l, image, filter);
  std::set<std::tuple<PrimitiveKind, Layout, Layout>> seen;
  for (const Choice &choice : allChoices(l, machine)) {
    if (!seen.insert({choice.kind, choice.input, choice.output}).second &&
        !everyVariant)
      continue;
    SCOPED_TRACE(entry.name + " on " + machine.cpu + ": " + toString(choice));
    const Primitive &primitive = getPrimitive(choice.kind);
    JitResult result =
        runConvolution(l, choice, machine, threads, image, filter);
    ASSERT_EQ(result.error, "");
    ASSERT_EQ(result.output.size(), want.size());
    EXPECT_LE(relativeError(result.output, want), primitive.errorBound());
    // What Halide rounds each of a few allocations up by.
    EXPECT_LE(result.scratchBytes,
              threads * (primitive.workspaceBytes(l, choice, machine) + 512));
  }
  EXPECT_FALSE(seen.empty());
}

class ConvSchedule : public ::testing::TestWithParam<NamedLayer> {
protected:
  static const MachineDescription &host() {
    static const MachineDescription machine = llvm::cantFail(describeHost());
    return machine;
  }
};

TEST_P(ConvSchedule, IsRightOnThisHost) {
  check(GetParam(), host(), GetParam().everyVariant, 1);
}

TEST_P(ConvSchedule, IsRightWithAvx2) {
  std::optional<MachineDescription> avx2 = plainAvx2(host());
  if (!avx2)
    GTEST_SKIP() << "this host has no AVX2";
  check(GetParam(), *avx2, false, 1);
}

INSTANTIATE_TEST_SUITE_P(Layers, ConvSchedule,
                         ::testing::ValuesIn(layerTable()),
                         [](const auto &info) { return info.param.name; });

TEST(ConvScheduleThreads, TwoThreadsComputeTheSame) {
  const MachineDescription host = llvm::cantFail(describeHost());
  const std::set<std::string> some{"Plain",      "Batch2",    "Depthwise",
                                   "GroupedOdd", "Pointwise", "FullyConnected"};
  for (const NamedLayer &entry : layerTable())
    if (some.count(entry.name))
      check(entry, host, false, 2);
}

} // namespace
