// What each primitive makes of a NaN and of infinities, against what it says of
// itself (Primitive::spreadsNonFinite).

#include "JitConvolution.h"
#include "LayerTable.h"
#include "NaiveConvolution.h"
#include "RandomFloats.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <set>

using namespace convopt;

namespace {

// Planes with both in a corner, beside padding, and one in the middle.
std::vector<float> imageOf(const ConvLayer &l) {
  std::vector<float> image = randomFloats(l.inputElements(), 1);
  const float infinity = std::numeric_limits<float>::infinity();
  const int64_t plane = l.inHeight * l.inWidth;
  image[0] = infinity;
  image[image.size() - 1] = std::numeric_limits<float>::quiet_NaN();
  // In a channel between the first and the last, of the first image.
  const int64_t channel = l.groups * l.inChannels / 2;
  image[channel * plane + l.inHeight / 2 * l.inWidth + l.inWidth / 2] =
      -infinity;
  return image;
}

// How many outputs are not of the kind that the definition says.
int64_t countMisplaced(const std::vector<float> &got,
                       const std::vector<double> &want) {
  int64_t count = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    if (std::isnan(want[i]))
      count += !std::isnan(got[i]);
    else if (std::isinf(want[i]))
      count += double(got[i]) != want[i];
    else
      count += !(std::abs(got[i] - want[i]) <= 1e-3 * (1 + std::abs(want[i])));
  }
  return count;
}

const std::set<std::string> kLayers{"Plain",
                                    "OddEverything",
                                    "FirstLayer",
                                    "AsymmetricPads",
                                    "Dilated",
                                    "DilatedWide",
                                    "Square7x7",
                                    "Square11x11",
                                    "Strided11x11",
                                    "Wide1x7",
                                    "Tall3x1",
                                    "Square5x5",
                                    "Batch2",
                                    "Pointwise",
                                    "PointwiseStrided",
                                    "PointwiseWide",
                                    "StridedWide",
                                    "FullyConnectedBatch",
                                    "PointwiseWideStrided",
                                    "Depthwise",
                                    "DepthwiseStrided",
                                    "DepthwiseMultiplier",
                                    "Grouped4x4",
                                    "Grouped8Strided",
                                    "GroupedOdd"};

TEST(NonFinite, StaysWhereAPrimitiveSaysItDoes) {
  const MachineDescription host = llvm::cantFail(describeHost());
  std::map<std::string, int64_t> misplaced; // By primitive.
  for (const NamedLayer &entry : layerTable()) {
    if (!kLayers.count(entry.name))
      continue;
    const ConvLayer &l = entry.layer;
    const std::vector<float> image = imageOf(l);
    const std::vector<float> filter = randomFloats(l.filterElements(), 2);
    const std::vector<double> want = naiveConvolution(l, image, filter);
    std::set<std::tuple<const Primitive *, Layout, Layout>> seen;
    for (const Choice &choice : allChoices(l, host)) {
      const std::string name = choice.primitive->name().str();
      const bool spreads = choice.primitive->spreadsNonFinite();
      if (!seen.insert({choice.primitive, choice.input, choice.output})
               .second ||
          (spreads && misplaced[name]))
        continue;
      SCOPED_TRACE(entry.name + ": " + toString(choice));
      JitResult result = runConvolution(l, choice, host, /*threads=*/1, image,
                                        filter, {"f32", /*plain=*/true});
      ASSERT_EQ(result.error, "");
      ASSERT_EQ(result.output.size(), want.size());
      const int64_t count = countMisplaced(result.output, want);
      misplaced[name] += count;
      if (!spreads) {
        EXPECT_EQ(count, 0);
      }
    }
  }
  // What says that it spreads does; else it would be left out for nothing.
  for (const auto &[name, count] : misplaced)
    EXPECT_EQ(count > 0, getPrimitive(name).spreadsNonFinite()) << name;
  for (const Primitive *primitive : allPrimitives())
    if (primitive->supportsTypes(ConvTypes()) &&
        primitive->kind() != PrimitiveKind::PointwisePairs) { // Not everywhere.
      EXPECT_TRUE(misplaced.count(primitive->name().str()))
          << primitive->name().str();
    }
}

} // namespace
