// Every primitive against a naive convolution in double precision, on one
// table of layers, compiled for this host and for plain AVX2.

#include "JitConvolution.h"
#include "LayerTable.h"
#include "NaiveConvolution.h"
#include "RandomFloats.h"
#include "convopt/Primitives/Division.h"
#include "convopt/Primitives/Tiling.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>
#include <set>

using namespace convopt;

namespace {

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

// AVX2 as any x86-64-v3 processor has it; nothing where the host lacks it.
std::optional<MachineDescription> plainAvx2(const MachineDescription &host) {
  if (!host.isX86() || !host.has("avx2") || !host.has("fma"))
    return std::nullopt;
  TargetRequest request;
  request.target = "x86-64";
  return llvm::cantFail(describeMachine(request));
}

void check(const NamedLayer &entry, const MachineDescription &machine,
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

// Filters transformed where they are needed: channels that fill no chunk and no
// tile, several images, one thread and two.
TEST(ConvScheduleFresh, WinogradTransformsPlainFilters) {
  MachineDescription machine = llvm::cantFail(describeHost());
  machine.gigahertz = 1e-3; // Slow, so that it is worth dividing.
  ConvLayer layer;
  layer.batch = 2;
  layer.inChannels = 130;
  layer.outChannels = 84;
  layer.inHeight = layer.outHeight = 14;
  layer.inWidth = layer.outWidth = 11;
  for (int64_t kernel : {3, 5}) {
    layer.kernelHeight = layer.kernelWidth = kernel;
    layer.padTop = layer.padBottom = layer.padLeft = layer.padRight =
        kernel / 2;
    std::set<const Primitive *> kinds;
    std::vector<Choice> choices;
    for (const Choice &choice : allChoices(layer, machine)) {
      if (!choice.variant.fresh)
        continue;
      EXPECT_LT(choice.primitive->packedFilter(layer, choice, machine).size(),
                1.3 * layer.filterElements());
      if (kinds.insert(choice.primitive).second)
        choices.push_back(choice);
    }
    // More where the table of tiles has grown.
    EXPECT_GE(kinds.size(), kernel == 3 ? 5u : 1u);
    for (int64_t threads : {1, 2})
      check({"Fresh", layer, true}, machine, choices, threads);
  }
}

// Register tiles that do not divide the block: what is added to a sum must not
// be added twice.
TEST(ConvScheduleFresh, WinogradCutsOffTheLastTile) {
  MachineDescription machine = llvm::cantFail(describeHost());
  ConvLayer layer;
  layer.inChannels = 128;
  layer.outChannels = 64;
  layer.inHeight = layer.inWidth = layer.outHeight = layer.outWidth = 17;
  layer.kernelHeight = layer.kernelWidth = 3;
  layer.padTop = layer.padBottom = layer.padLeft = layer.padRight = 1;
  std::vector<Choice> choices;
  for (const Choice &choice : allChoices(layer, machine)) {
    const Variant &v = choice.variant;
    const LoopNest nest = choice.primitive->loops(layer, choice);
    if (v.fresh && v.strip * nest.columns % v.pixels)
      choices.push_back(choice);
  }
  EXPECT_FALSE(choices.empty());
  check({"Fresh", layer, true}, machine, choices, 1);
}

// Blocks of whole rows of tiles, of part of a row and of the whole image.
TEST(ConvScheduleBlocks, WinogradIsRightInEveryBlocking) {
  MachineDescription machine = llvm::cantFail(describeHost());
  ConvLayer layer;
  layer.inChannels = 12;
  layer.outChannels = 20;
  layer.inHeight = layer.outHeight = 22;
  layer.inWidth = layer.outWidth = 48;
  layer.kernelHeight = layer.kernelWidth = 3;
  layer.padTop = layer.padBottom = layer.padLeft = layer.padRight = 1;
  std::set<std::tuple<const Primitive *, int64_t, int64_t>> seen;
  bool partOfRow = false, wholeImage = false;
  std::vector<Choice> choices;
  for (int64_t cache : {96, 512}) {
    machine.l2Bytes = cache << 10;
    for (const Choice &choice : allChoices(layer, machine)) {
      const Variant &v = choice.variant;
      const int64_t tile = choice.primitive->outputTile(layer).rows;
      if (tile == 1 ||
          !seen.insert({choice.primitive, v.strip, v.columns}).second)
        continue;
      partOfRow |= v.columns != 0;
      wholeImage |= divideUp(layer.outHeight, tile) == v.strip;
      choices.push_back(choice);
    }
  }
  EXPECT_TRUE(partOfRow);
  EXPECT_TRUE(wholeImage);
  check({"Blocks", layer, true}, machine, choices, 1);
}

// Parts of a row that are shorter than a vector, of either layout.
TEST(ConvScheduleBlocks, WinogradIsRightInNarrowBlocks) {
  MachineDescription machine = llvm::cantFail(describeHost());
  machine.l2Bytes = 128 << 10;
  for (int64_t channels : {1, 16}) {
    ConvLayer layer;
    layer.inChannels = channels;
    layer.outChannels = 200;
    layer.inHeight = layer.outHeight = 5;
    layer.inWidth = layer.outWidth = 96;
    layer.kernelHeight = 7;
    layer.padTop = layer.padBottom = 3;
    std::set<std::pair<Layout, int64_t>> seen;
    std::vector<Choice> choices;
    for (const Choice &choice : allChoices(layer, machine)) {
      const int64_t columns = choice.variant.columns;
      if (columns && columns < 16 &&
          seen.insert({choice.input, columns}).second)
        choices.push_back(choice);
    }
    EXPECT_GE(choices.size(), 2u);
    check({"Narrow", layer, true}, machine, choices, 1);
  }
}

// All channels of a tile of pixels together, where images exceed L2.
TEST(ConvScheduleBlocks, DepthwiseIsRightWithChannelsInside) {
  MachineDescription machine = llvm::cantFail(describeHost());
  machine.l2Bytes = 16 << 10;
  for (int64_t stride : {1, 2}) {
    ConvLayer layer;
    layer.batch = 2;
    layer.groups = 56;
    layer.inHeight = 19;
    layer.inWidth = 21;
    layer.kernelHeight = layer.kernelWidth = 3;
    layer.strideHeight = layer.strideWidth = stride;
    layer.padTop = layer.padLeft = layer.padRight = 1;
    layer.outHeight = (layer.inHeight + 1 - 3) / stride + 1;
    layer.outWidth = (layer.inWidth + 2 - 3) / stride + 1;
    std::vector<Choice> inside;
    for (const Choice &choice :
         getPrimitive("depthwise").choices(layer, machine))
      if (choice.variant.columns)
        inside.push_back(choice);
    for (int64_t threads : {1, 2})
      check({"Inside", layer, true}, machine, inside, threads);
  }
}

// The whole plane at once, and parts of it.
TEST(ConvScheduleBlocks, StrassenIsRightInEveryBlocking) {
  MachineDescription machine = llvm::cantFail(describeHost());
  machine.l2Bytes = 512 << 10;
  ConvLayer layer;
  layer.inChannels = 256;
  layer.outChannels = 128;
  layer.inHeight = layer.outHeight = 24;
  layer.inWidth = layer.outWidth = 28;
  bool part = false;
  std::vector<Choice> choices;
  for (const Choice &choice : getPrimitive("strassen").choices(layer, machine))
    if (choice.variant.vectors < 5) {
      part |= choice.variant.strip < 24 * 28;
      choices.push_back(choice);
    }
  EXPECT_TRUE(part);
  check({"Blocks", layer, true}, machine, choices, 1);
}

} // namespace
