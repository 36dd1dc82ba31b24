// A convolution may write its part of a concatenation where it lies: a row of
// its result is then followed by other columns before the next one begins. All
// primitives on all kinds of output against a naive convolution; the columns
// beside are not theirs.

#include "JitConvolution.h"
#include "LayerTable.h"
#include "NaiveConvolution.h"
#include "RandomFloats.h"
#include "gtest/gtest.h"
#include <set>

using namespace convopt;

namespace {

/// Layers whose tiles are rectangles, run over the ends of rows, and over
/// images.
std::vector<NamedLayer> layers() {
  const std::set<std::string> names{
      "Plain",     "OddEverything",    "StridedWide",
      "Pointwise", "PointwiseStrided", "FullyConnectedBatch",
      "Depthwise", "GroupedOdd",       "DilatedWide"};
  std::vector<NamedLayer> some;
  for (NamedLayer &entry : layerTable())
    if (names.count(entry.name))
      some.push_back(std::move(entry));
  return some;
}

class PartOfImage : public ::testing::TestWithParam<NamedLayer> {};

TEST_P(PartOfImage, IsWrittenAloneByEveryPrimitive) {
  const ConvLayer &l = GetParam().layer;
  const MachineDescription host = llvm::cantFail(describeHost());
  const std::vector<float> image = randomFloats(l.inputElements(), 1);
  const std::vector<float> filter = randomFloats(l.filterElements(), 2);
  const std::vector<double> want = naiveConvolution(l, image, filter);
  std::set<std::tuple<const Primitive *, Layout, Layout>> seen;
  for (const Choice &choice : allChoices(l, host)) {
    if (!seen.insert({choice.primitive, choice.input, choice.output}).second)
      continue;
    SCOPED_TRACE(toString(choice));
    const JitResult result =
        runConvolution(l, choice, host, 1, image, filter,
                       {"f32", /*plain=*/true, 0, /*columnsBeside=*/3});
    ASSERT_EQ(result.error, "");
    EXPECT_LE(relativeError(result.output, want),
              choice.primitive->errorBound());
  }
  EXPECT_FALSE(seen.empty());
}

INSTANTIATE_TEST_SUITE_P(Layers, PartOfImage, ::testing::ValuesIn(layers()),
                         [](const auto &info) { return info.param.name; });

} // namespace
