// Every choice that computes a layer of single precision in fewer bits against
// a sum in double precision: its error is what rounding its operands makes, no
// more, and not so little that nothing was rounded.

#include "JitConvolution.h"
#include "LayerTable.h"
#include "NaiveConvolution.h"
#include "RandomFloats.h"
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

/// Of the relative L2 error: operands that are not rounded have errors of
/// single precision, others about one of the last place over sqrt(12).
Range errorOf(Precision precision) {
  switch (precision) {
  case Precision::F16Weights:
    return {5e-5, 3e-4};
  case Precision::BF16Weights:
    return {4e-4, 2.5e-3};
  case Precision::BF16:
    return {5e-4, 4e-3};
  case Precision::F16:
    return {5e-5, 3e-3};
  default:
    return {0, 1e-5};
  }
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

void check(const NamedLayer &entry, const MachineDescription &machine,
           Precision precision) {
  const ConvProblem l = entry.layer;
  const std::vector<float> image = randomFloats(l.inputElements(), 1);
  const std::vector<float> filter = randomFilter(l.filterElements(), precision);
  const std::vector<double> want = naiveConvolution(l, image, filter);
  const Range range = errorOf(precision);
  std::set<std::tuple<const Primitive *, Layout, Layout>> seen;
  for (const Primitive *primitive : allPrimitives())
    for (const Choice &choice : choicesOf(*primitive, l, machine, precision)) {
      if (!seen.insert({primitive, choice.input, choice.output}).second &&
          !entry.everyVariant)
        continue;
      SCOPED_TRACE(entry.name + " on " + machine.cpu + ": " + toString(choice));
      const JitResult result = runConvolution(l, choice, machine, 1, image,
                                              filter, "f32", /*plain=*/true);
      ASSERT_EQ(result.error, "");
      const double error = relativeError(result.output, want);
      EXPECT_LE(error, range.most);
      if (want.size() > 64) // Of few elements chance decides.
        EXPECT_GE(error, range.least);
      EXPECT_LE(result.scratchBytes,
                primitive->workspaceBytes(l, choice, machine) + 512);
    }
}

class PrecisionOf
    : public ::testing::TestWithParam<std::tuple<NamedLayer, Precision>> {};

TEST_P(PrecisionOf, LayersIsThatOfTheirOperands) {
  const auto &[entry, precision] = GetParam();
  check(entry, llvm::cantFail(describeHost()), precision);
}

INSTANTIATE_TEST_SUITE_P(
    Layers, PrecisionOf,
    ::testing::Combine(::testing::ValuesIn(layerTable()),
                       ::testing::ValuesIn(reducedPrecisions().vec())),
    [](const auto &info) {
      return std::get<0>(info.param).name + "_" +
             toString(std::get<1>(info.param)).str();
    });

} // namespace
