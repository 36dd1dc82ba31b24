// Every primitive against a naive convolution in double precision, on one
// table of layers, compiled for this host and for plain AVX2.

#include "CheckedChoices.h"
#include "convopt/Primitives/Division.h"
#include <cmath>
#include <set>

using namespace convopt;

namespace {

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
  std::set<std::tuple<const Primitive *, Layout, Layout>> seen;
  std::vector<Choice> choices;
  for (const Choice &choice : allChoices(entry.layer, machine))
    if (seen.insert({choice.primitive, choice.input, choice.output}).second ||
        everyVariant)
      choices.push_back(choice);
  check(entry, machine, choices, threads);
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

TEST_P(ConvSchedule, IsRightInTheLoopsOfACortexA73) {
  check(GetParam(),
        llvm::cantFail(describeMachine({"aarch64", "cortex-a73", ""})), false,
        1);
}

INSTANTIATE_TEST_SUITE_P(Layers, ConvSchedule,
                         ::testing::ValuesIn(layerTable()),
                         [](const auto &info) { return info.param.name; });

TEST(ConvScheduleThreads, TwoThreadsComputeTheSame) {
  // So slow a machine that small layers are worth dividing.
  MachineDescription slow = llvm::cantFail(describeHost());
  slow.gigahertz = 1e-3;
  const std::set<std::string> some{
      "Plain",          "Batch2",      "Depthwise",
      "GroupedOdd",     "Pointwise",   "PointwiseWide",
      "FullyConnected", "StridedWide", "DilatedWide"};
  std::set<DividedLoop> seen;
  for (const NamedLayer &entry : layerTable()) {
    if (!some.count(entry.name))
      continue;
    for (const Choice &choice : allChoices(entry.layer, slow))
      seen.insert(divide(entry.layer, choice, slow, 2).loop);
    check(entry, slow, false, 2);
  }
  for (DividedLoop loop : {DividedLoop::Images, DividedLoop::Strips,
                           DividedLoop::Blocks, DividedLoop::Stages})
    EXPECT_TRUE(seen.count(loop)) << static_cast<int>(loop);
}

// Sums of image and weights lose the smaller of the two, if one is.
TEST(ConvSchedulePairs, EveryPixelIsExactWhateverItsSize) {
  MachineDescription host = llvm::cantFail(describeHost());
  host.l2Bytes = 12 << 10; // Less than the weights take.
  ConvLayer layer;
  layer.inChannels = 40;
  layer.outChannels = 96;
  layer.inHeight = layer.outHeight = 5;
  layer.inWidth = layer.outWidth = 9;
  const Primitive &pairs = getPrimitive("pointwise_pairs");
  const std::vector<Choice> choices = pairs.choices(layer, host);
  if (choices.empty())
    GTEST_SKIP() << "this host does not add beside what it multiplies";
  const int64_t pixels = layer.outHeight * layer.outWidth;
  std::vector<float> image = randomFloats(layer.inputElements(), 1);
  std::vector<float> filter = randomFloats(layer.filterElements(), 2);
  for (size_t i = 0; i < image.size(); ++i)
    image[i] *= std::pow(10.0f, float(i % pixels % 9));
  for (size_t i = 0; i < filter.size(); ++i)
    filter[i] *= std::pow(10.0f, float(i / layer.inChannels % 7));
  const std::vector<double> want = expected(layer, image, filter);
  std::set<int64_t> kinds;
  for (const Choice &choice : choices) {
    SCOPED_TRACE(toString(choice));
    kinds.insert(choice.variant.columns);
    JitResult result = runConvolution(layer, choice, host, 1, image, filter);
    ASSERT_EQ(result.error, "");
    EXPECT_LE(result.scratchBytes,
              pairs.workspaceBytes(layer, choice, host) + 512);
    for (int64_t at = 0; at < pixels * layer.outChannels; ++at) {
      const int64_t pixel = at % pixels, channel = at / pixels;
      const double size = std::pow(10.0, double(pixel % 9 + channel % 7));
      EXPECT_NEAR(result.output[at], want[at], 1e-4 * size) << at;
    }
  }
  EXPECT_EQ(kinds.size(), 2u);
}

// Pairs add weights to the image: each must be scaled to the other's size.
TEST(ConvScheduleSizes, WinogradsPairsMeetWeightsOfAnySize) {
  const MachineDescription host = llvm::cantFail(describeHost());
  ConvLayer layer;
  layer.inChannels = 40;
  layer.outChannels = 70;
  layer.inHeight = layer.outHeight = 11;
  layer.inWidth = layer.outWidth = 14;
  layer.kernelHeight = layer.kernelWidth = 3;
  layer.padTop = layer.padBottom = layer.padLeft = layer.padRight = 1;
  std::vector<float> image = randomFloats(layer.inputElements(), 1);
  std::vector<float> filter = randomFloats(layer.filterElements(), 2);
  for (float &pixel : image)
    pixel *= 1e12f;
  for (size_t i = 0; i < filter.size(); ++i)
    filter[i] *= std::pow(10.0f, float(i / (layer.inChannels * 9) % 7));
  const std::vector<double> want = expected(layer, image, filter);
  const int64_t plane = layer.outHeight * layer.outWidth;
  bool any = false;
  for (const Choice &choice : allChoices(layer, host)) {
    if (!choice.variant.paired)
      continue;
    SCOPED_TRACE(toString(choice));
    any = true;
    JitResult result = runConvolution(layer, choice, host, 1, image, filter);
    ASSERT_EQ(result.error, "");
    for (int64_t k = 0; k < layer.outChannels; ++k) {
      auto begin = result.output.begin() + k * plane;
      EXPECT_LE(relativeError(
                    {begin, begin + plane},
                    {want.begin() + k * plane, want.begin() + (k + 1) * plane}),
                choice.primitive->errorBound())
          << k;
    }
  }
  if (!any)
    GTEST_SKIP() << "this host does not add beside what it multiplies";
}

} // namespace
