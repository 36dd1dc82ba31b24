// Every choice that computes a layer of single precision in fewer bits against
// a sum in double precision: its error is what rounding its operands makes, no
// more, and not so little that nothing was rounded.

#include "JitConvolution.h"
#include "LayerTable.h"
#include "NaiveConvolution.h"
#include "RandomFloats.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>
#include <set>

using namespace convopt;

namespace {

/// Of bytes whole numbers, as filters are scaled to before.
std::vector<float> randomFilter(int64_t count, Precision precision) {
  if (precision != Precision::I8Weights)
    return randomFloats(count, 2);
  std::mt19937 generator(2);
  std::vector<float> all(count);
  for (float &value : all)
    value = float(int(generator() % 255) - 127);
  return all;
}

struct Range {
  double least, most;
};

/// Of the relative L2 error, before a tile's transforms make it grow: operands
/// that are not rounded have errors of single precision, others about one of
/// the last place over sqrt(12).
Range errorOf(Precision precision) {
  switch (precision) {
  case Precision::F16Weights:
    return {5e-5, 4e-4};
  case Precision::BF16Weights:
    return {4e-4, 2.5e-3};
  case Precision::BF16:
    return {5e-4, 4.5e-3};
  case Precision::F16:
    return {5e-5, 3e-3};
  default:
    return {0, 1e-5};
  }
}

struct Case {
  ConvProblem layer;
  std::vector<float> image, filter;
  std::vector<double> want;

  Case(const ConvLayer &l, Precision precision, float weight = 1)
      : layer(l), image(randomFloats(l.inputElements(), 1)),
        filter(randomFilter(l.filterElements(), precision)) {
    for (float &each : filter)
      each *= weight;
    want = naiveConvolution(l, image, filter);
  }
};

void check(const Case &given, const Choice &choice,
           const MachineDescription &machine) {
  SCOPED_TRACE(machine.cpu + ": " + toString(choice));
  const JitResult result =
      runConvolution(given.layer, choice, machine, 1, given.image, given.filter,
                     {"f32", /*plain=*/true});
  ASSERT_EQ(result.error, "");
  const Range range = errorOf(choice.variant.precision);
  const double growth = choice.primitive->roundingGrowth(choice.variant);
  const double error = relativeError(result.output, given.want);
  EXPECT_LE(error, range.most * growth);
  if (given.want.size() > 64) // Of few elements chance decides.
    EXPECT_GE(error, range.least * growth);
  EXPECT_LE(result.scratchBytes,
            choice.primitive->workspaceBytes(given.layer, choice, machine) +
                512);
}

void check(const NamedLayer &entry, const MachineDescription &machine,
           Precision precision) {
  SCOPED_TRACE(entry.name);
  const Case given(entry.layer, precision);
  std::set<std::tuple<const Primitive *, Layout, Layout>> seen;
  for (const Primitive *primitive : allPrimitives())
    for (const Choice &choice :
         choicesOf(*primitive, given.layer, machine, precision))
      if (seen.insert({primitive, choice.input, choice.output}).second ||
          entry.everyVariant)
        check(given, choice, machine);
}

class PrecisionOf
    : public ::testing::TestWithParam<std::tuple<NamedLayer, Precision>> {};

/// This host or, where it has bfloat16 and is no CPU that is known to have it,
/// one whose code it runs; of half precision one whose loops it can run.
MachineDescription machineFor(Precision precision) {
  MachineDescription host = llvm::cantFail(describeHost());
  if (precision == Precision::F16 && !supportsPrecision(host, precision))
    return llvm::cantFail(describeMachine({"aarch64", "cortex-a76", ""}));
  const auto present = llvm::sys::getHostCPUFeatures();
  if (precision != Precision::BF16 || !host.isX86() ||
      supportsPrecision(host, precision))
    return host;
  for (const char *feature : {"avx512bf16", "avx512vnni", "avx512vbmi",
                              "avx512vbmi2", "avx512bitalg", "gfni"})
    if (!present.lookup(feature))
      return host;
  return llvm::cantFail(describeMachine({"x86-64", "znver4", ""}));
}

TEST_P(PrecisionOf, LayersIsThatOfTheirOperands) {
  const auto &[entry, precision] = GetParam();
  check(entry, machineFor(precision), precision);
}

INSTANTIATE_TEST_SUITE_P(
    Layers, PrecisionOf,
    ::testing::Combine(::testing::ValuesIn(layerTable()),
                       ::testing::ValuesIn(reducedPrecisions().vec())),
    [](const auto &info) {
      return std::get<0>(info.param).name + "_" +
             toString(std::get<1>(info.param)).str();
    });

/// An image that is stored in what is multiplied is read where it lies, if need
/// be, and not beyond its end.
TEST_P(PrecisionOf, ImagesMayBeRoundedBefore) {
  const auto &[entry, precision] = GetParam();
  const MachineDescription machine = machineFor(precision);
  Case given(entry.layer, precision);
  given.layer.types.input = computedTypes({}, precision).input;
  if (!readsRounded(given.layer.types, precision))
    return;
  std::set<std::tuple<const Primitive *, Layout, Layout>> seen;
  for (const Primitive *primitive : allPrimitives())
    for (const Choice &choice :
         choicesOf(*primitive, given.layer, machine, precision))
      if (convertsInput(choice) &&
          seen.insert({primitive, choice.input, choice.output}).second)
        check(given, choice, machine);
}

class PrecisionOfLayer : public ::testing::TestWithParam<NamedLayer> {};

// Halves that a primitive of single precision extends as it loads them: the
// error is that of rounding the image.
TEST_P(PrecisionOfLayer, ImagesOfHalvesMayBeExtended) {
  const NamedLayer &entry = GetParam();
  Case given(entry.layer, Precision::BF16);
  given.layer.types.input = ElementType::BF16;
  const MachineDescription host = llvm::cantFail(describeHost());
  std::vector<float> filter =
      randomFilter(given.layer.filterElements(), Precision::F16);
  for (const Choice &choice : choicesOf(getPrimitive("depthwise"), given.layer,
                                        host, Precision::Full)) {
    SCOPED_TRACE(toString(choice));
    const JitResult result =
        runConvolution(given.layer, choice, host, 1, given.image, filter,
                       {"f32", /*plain=*/true});
    ASSERT_EQ(result.error, "");
    const double error = relativeError(
        result.output, naiveConvolution(given.layer, given.image, filter));
    EXPECT_LE(error, errorOf(Precision::BF16).most);
  }
}

INSTANTIATE_TEST_SUITE_P(Layers, PrecisionOfLayer,
                         ::testing::ValuesIn(layerTable()),
                         [](const auto &info) { return info.param.name; });

ConvLayer square(int64_t inChannels, int64_t outChannels, int64_t size,
                 int64_t kernel) {
  ConvLayer l;
  l.inChannels = inChannels;
  l.outChannels = outChannels;
  l.inHeight = l.inWidth = size;
  l.outHeight = l.outWidth = size - kernel + 1;
  l.kernelHeight = l.kernelWidth = kernel;
  return l;
}

// What half precision has no exponents for would have no digits either.
TEST(PrecisionWinograd, SmallWeightsKeepTheirDigitsTransformed) {
  const MachineDescription host = llvm::cantFail(describeHost());
  for (auto [name, kernel] :
       {std::pair{"winograd_f7x7_3x3", 3}, std::pair{"toom_cook_18", 9}}) {
    const Case given(square(8, 16, 2 * kernel + 9, kernel),
                     Precision::F16Weights, 1.0f / 64);
    const std::vector<Choice> choices =
        choicesOf(getPrimitive(name), given.layer, host, Precision::F16Weights);
    ASSERT_FALSE(choices.empty()) << name;
    check(given, choices.front(), host);
  }
}

// Filters that are transformed while it computes are rounded as they are.
TEST(PrecisionWinograd, FreshFiltersAreStoredNarrow) {
  const MachineDescription host = llvm::cantFail(describeHost());
  for (Precision precision : {Precision::F16Weights, Precision::BF16Weights}) {
    const Case given(square(130, 68, 16, 3), precision);
    int found = 0;
    for (const Choice &choice : choicesOf(getPrimitive("winograd_f4x4_3x3"),
                                          given.layer, host, precision))
      if (choice.variant.fresh && ++found <= 2)
        check(given, choice, host);
    EXPECT_GT(found, 0);
  }
}

} // namespace
