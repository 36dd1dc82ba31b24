// Every primitive that takes bytes against a sum of whole numbers, on the table
// of layers that all schedules have in common: exactly, for each way in which
// machines multiply bytes, and with images surrounded by any number.

#include "JitConvolution.h"
#include "LayerTable.h"
#include "NaiveConvolution.h"
#include "convopt/Target/DotProducts.h"
#include "gtest/gtest.h"
#include <random>
#include <set>

using namespace convopt;

namespace {

/// Whole numbers of `type`, its least and its largest among them.
std::vector<float> randomBytes(int64_t count, ElementType type, unsigned seed) {
  const int least = type == ElementType::U8 ? 0 : -128;
  std::mt19937 generator(seed);
  std::vector<float> all(count);
  for (float &value : all)
    value = float(least + int(generator() % 256));
  all.front() = float(least);
  all.back() = float(least + 255);
  return all;
}

/// The definition, with `pad` around the image.
std::vector<double> expected(const ConvLayer &l, std::vector<float> image,
                             const std::vector<float> &filter, int64_t pad) {
  for (float &value : image)
    value -= float(pad);
  std::vector<double> sums = naiveConvolution(l, image, filter);
  const int64_t channels = l.groups * l.outChannels;
  const int64_t size = int64_t(filter.size()) / channels;
  for (int64_t i = 0; i < int64_t(sums.size()); ++i) {
    const int64_t k = i / l.outWidth / l.outHeight % channels;
    for (int64_t j = 0; j < size; ++j)
      sums[i] += double(pad) * filter[k * size + j];
  }
  return sums;
}

void check(const NamedLayer &entry, ElementType input,
           const MachineDescription &machine, int64_t pad,
           int leastWeight = -128) {
  ConvProblem l = entry.layer;
  l.types = {input, ElementType::I8, ElementType::I32, ElementType::I32};
  const std::vector<float> image = randomBytes(l.inputElements(), input, 1);
  std::vector<float> filter =
      randomBytes(l.filterElements(), ElementType::I8, 2);
  for (float &weight : filter)
    weight = std::max(weight, float(leastWeight));
  const std::vector<double> want = expected(l, image, filter, pad);
  std::set<std::tuple<const Primitive *, Layout, Layout>> seen;
  for (const Choice &choice : allChoices(l, machine)) {
    if (!seen.insert({choice.primitive, choice.input, choice.output}).second &&
        !entry.everyVariant)
      continue;
    SCOPED_TRACE(entry.name + " on " + machine.cpu + ": " + toString(choice));
    JitResult result = runConvolution(l, choice, machine, 1, image, filter,
                                      {"i32", /*plain=*/true, pad});
    ASSERT_EQ(result.error, "");
    ASSERT_EQ(result.output.size(), want.size());
    for (size_t i = 0; i < want.size(); ++i)
      ASSERT_EQ(double(result.output[i]), want[i]) << "element " << i;
    EXPECT_LE(result.scratchBytes,
              choice.primitive->workspaceBytes(l, choice, machine) + 512);
  }
}

/// This host, or an x86-64-v3 if this host is one.
std::optional<MachineDescription> machineOf(const char *target) {
  TargetRequest request;
  request.target = target;
  if (request.target == "host")
    return llvm::cantFail(describeHost());
  const MachineDescription host = llvm::cantFail(describeHost());
  if (!host.isX86() || !host.has("avx2") || !host.has("fma"))
    return std::nullopt;
  return llvm::cantFail(describeMachine(request));
}

MachineDescription armOf(const char *cpu) {
  return llvm::cantFail(describeMachine({"aarch64", cpu, ""}));
}

class ByteConvolution : public ::testing::TestWithParam<NamedLayer> {};

TEST_P(ByteConvolution, IsExactOnThisHost) {
  check(GetParam(), ElementType::U8, *machineOf("host"), 113);
}

TEST_P(ByteConvolution, IsExactWithSigns) {
  check(GetParam(), ElementType::I8, *machineOf("host"), -7);
}

TEST_P(ByteConvolution, IsExactWithAvx2) {
  std::optional<MachineDescription> avx2 = machineOf("x86-64");
  if (!avx2)
    GTEST_SKIP() << "this host has no AVX2";
  check(GetParam(), ElementType::U8, *avx2, 0);
}

// Pixels by element of a register, four bytes and two at a time.
TEST_P(ByteConvolution, IsExactInTheLoopsOfACortexA76) {
  check(GetParam(), ElementType::I8, armOf("cortex-a76"), -7);
}

TEST_P(ByteConvolution, IsExactInTheLoopsOfACortexA72) {
  check(GetParam(), ElementType::I8, armOf("cortex-a72"), 0);
}

// Of weights that are not the least byte two products are added in 16 bits.
TEST_P(ByteConvolution, IsExactWhereProductsAreAddedInSixteenBits) {
  check(GetParam(), ElementType::I8, armOf("cortex-a72"), -7, -127);
}

/// Layers whose images are copied as lines of pixels, in several strips where
/// the second level of cache is small: with strides, groups, few channels.
std::vector<NamedLayer> layersOfLines() {
  auto make = [](const char *name, int64_t groups, int64_t channels,
                 int64_t kernel, int64_t stride) {
    ConvLayer l;
    l.groups = groups;
    l.inChannels = channels;
    l.outChannels = groups == 1 ? 32 : channels;
    l.kernelHeight = l.kernelWidth = kernel;
    l.strideHeight = l.strideWidth = stride;
    l.padTop = l.padLeft = l.padBottom = l.padRight = kernel / 2;
    l.outHeight = 26;
    l.outWidth = 19;
    l.inHeight = (l.outHeight - 1) * stride + 1;
    l.inWidth = (l.outWidth - 1) * stride + 1;
    return NamedLayer{name, l, true};
  };
  return {make("Lines", 1, 32, 3, 1),
          make("StridedLines", 1, 32, 3, 2),
          make("LinesOfFewChannels", 1, 3, 7, 2),
          make("LinesFilledUp", 1, 116, 3, 1),
          make("FilledUp", 1, 116, 1, 2),
          make("LinesOfGroups", 8, 8, 3, 1),
          make("LinesOfPointwiseGroups", 2, 32, 1, 1)};
}

TEST(ByteConvolutionStrips, AreExactWhereTheLastBeginsWithinARow) {
  MachineDescription machine = *machineOf("host");
  machine.l1Bytes = 4 << 10;
  machine.l2Bytes = 24 << 10;
  for (const NamedLayer &layer : layersOfLines())
    check(layer, ElementType::U8, machine, 113);
}

INSTANTIATE_TEST_SUITE_P(Layers, ByteConvolution,
                         ::testing::ValuesIn(layerTable()),
                         [](const auto &info) { return info.param.name; });

/// What 1x1 outputs of one channel of a layer with `weight` everywhere and -128
/// in the image should be, and are.
void checkExtremes(int weight) {
  ConvProblem l;
  l.inChannels = 32;
  l.outChannels = 16;
  l.inHeight = l.inWidth = l.outHeight = l.outWidth = 4;
  l.types = {ElementType::I8, ElementType::I8, ElementType::I32,
             ElementType::I32};
  const std::vector<float> image(l.inputElements(), -128),
      filter(l.filterElements(), float(weight));
  const MachineDescription machine = armOf("cortex-a72");
  for (const Choice &choice : allChoices(l, machine)) {
    SCOPED_TRACE(toString(choice));
    const JitResult result =
        runConvolution(l, choice, machine, 1, image, filter, {"i32", true});
    ASSERT_EQ(result.error, "");
    for (float sum : result.output)
      ASSERT_EQ(sum, float(-128 * weight * 32));
  }
}

TEST(ByteConvolutionTypes, LargestSumsFit) {
  checkExtremes(-127);
  checkExtremes(127);
}

// Two of these products are more than 16 bits hold.
TEST(ByteConvolutionTypes, LeastBytesTimesLeastBytesFit) {
  checkExtremes(-128);
}

TEST(ByteConvolutionTypes, ManyBytesMeetInALane) {
  const ConvTypes mixed{ElementType::U8, ElementType::I8, ElementType::I32,
                        ElementType::I32};
  ConvTypes alike = mixed;
  alike.input = ElementType::I8;
  auto describe = [](const char *target, const char *cpu) {
    TargetRequest request;
    request.target = target;
    request.cpu = cpu;
    return llvm::cantFail(describeMachine(request));
  };
  const MachineDescription zen = describe("x86-64", "znver4"),
                           haswell = describe("x86-64", "haswell"),
                           a76 = describe("aarch64", "cortex-a76"),
                           a72 = describe("aarch64", "cortex-a72");
  EXPECT_EQ(dotLength(mixed, zen), 4);
  EXPECT_EQ(dotLength(alike, zen), 2);
  EXPECT_EQ(dotLength(mixed, haswell), 2);
  EXPECT_EQ(dotLength(alike, a76), 4);
  EXPECT_EQ(dotLength(mixed, a76), 2);
  EXPECT_EQ(dotLength(alike, a72), 2);
  EXPECT_EQ(dotLength(ConvTypes(), zen), 1);
}

} // namespace
