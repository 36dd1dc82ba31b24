#include "../Schedules/LayerTable.h"
#include "convopt/Primitives/Primitive.h"
#include "convopt/Primitives/WinogradTiles.h"
#include "gtest/gtest.h"
#include <set>

using namespace convopt;

namespace {

const MachineDescription &machine() {
  static const MachineDescription m = [] {
    MachineDescription machine;
    machine.vectorBits = 256;
    return machine;
  }();
  return m;
}

TEST(Catalogue, HoldsEveryFamilyAndEveryNameOnce) {
  std::set<PrimitiveKind> kinds;
  for (const Primitive *primitive : allPrimitives()) {
    EXPECT_EQ(findPrimitive(primitive->name()), primitive);
    // A name alone says of which family it is.
    EXPECT_TRUE(primitive->name().starts_with(
        stringifyPrimitiveKind(primitive->kind())));
    kinds.insert(primitive->kind());
  }
  EXPECT_EQ(kinds.size(), size_t(getMaxEnumValForPrimitiveKind()) + 1);
  EXPECT_EQ(findPrimitive("winograd_f9x9_9x9"), nullptr);
  EXPECT_EQ(findPrimitive("winograd"), nullptr);
}

TEST(Catalogue, HasAPrimitiveForEachOfWinogradsTiles) {
  for (const WinogradTile &tile : winogradTiles()) {
    const Primitive &primitive = getPrimitive(tile.name);
    EXPECT_EQ(primitive.kind(), tile.kind);
    ConvLayer layer;
    layer.inHeight = layer.inWidth = layer.outHeight = layer.outWidth = 60;
    layer.kernelWidth = tile.mostTaps;
    layer.kernelHeight = tile.rows > 1 ? tile.mostTaps : 1;
    ASSERT_TRUE(primitive.supports(layer)) << tile.name.str();
    const int less = tile.mostTaps - tile.taps;
    EXPECT_EQ(primitive.outputTile(layer).columns, tile.columns - less);
    // Lines lie either way.
    std::swap(layer.kernelWidth, layer.kernelHeight);
    EXPECT_TRUE(primitive.supports(layer)) << tile.name.str();
    layer.kernelHeight = layer.kernelWidth = tile.mostTaps + 1;
    EXPECT_FALSE(primitive.supports(layer)) << tile.name.str();
  }
}

TEST(Catalogue, EveryLayerHasChoicesInBothLayoutsWithUniqueNames) {
  for (const NamedLayer &entry : layerTable()) {
    SCOPED_TRACE(entry.name);
    std::set<std::string> names;
    bool channelsLast = false;
    for (const Choice &choice : allChoices(entry.layer, machine())) {
      EXPECT_TRUE(names.insert(toString(choice)).second) << toString(choice);
      EXPECT_TRUE(choice.primitive->supports(entry.layer));
      channelsLast |= choice.input == Layout::NHWC;
    }
    EXPECT_FALSE(names.empty());
    EXPECT_TRUE(channelsLast || entry.layer.isDepthwise());
  }
}

TEST(Catalogue, NoChoicesWhereALayerIsNotSupported) {
  for (const NamedLayer &entry : layerTable())
    for (const Primitive *primitive : allPrimitives())
      if (!primitive->supports(entry.layer)) {
        EXPECT_TRUE(primitive->choices(entry.layer, machine()).empty());
      }
}

TEST(Catalogue, NoChoicesForAnEmptyLayer) {
  for (int64_t ConvLayer::*size :
       {&ConvLayer::batch, &ConvLayer::inChannels, &ConvLayer::outChannels,
        &ConvLayer::groups, &ConvLayer::outHeight, &ConvLayer::outWidth,
        &ConvLayer::kernelHeight, &ConvLayer::kernelWidth})
    for (const NamedLayer &entry : layerTable()) {
      ConvLayer layer = entry.layer;
      EXPECT_FALSE(layer.isEmpty());
      layer.*size = 0;
      EXPECT_TRUE(layer.isEmpty());
      EXPECT_TRUE(allChoices(layer, machine()).empty()) << entry.name;
    }
}

TEST(Catalogue, SupportIsByGeometry) {
  auto layer = [](const std::string &name) {
    for (const NamedLayer &entry : layerTable())
      if (entry.name == name)
        return entry.layer;
    return ConvLayer();
  };
  auto supports = [&](const char *primitive, const char *name) {
    return getPrimitive(primitive).supports(layer(name));
  };
  EXPECT_TRUE(supports("winograd_f4x4_3x3", "Plain"));
  EXPECT_FALSE(supports("winograd_f4x4_3x3", "Dilated"));
  EXPECT_FALSE(supports("winograd_f2x2_3x3", "AsymmetricPads"));
  EXPECT_TRUE(supports("winograd_f2x2_2x2", "AsymmetricPads"));
  EXPECT_TRUE(supports("winograd_f4x4_4x4", "FirstLayer"));
  EXPECT_TRUE(supports("winograd_f4x4_3x3", "Strided11x11"));
  EXPECT_TRUE(supports("toom_cook_14", "Square7x7"));
  EXPECT_FALSE(supports("toom_cook_14", "Plain"));
  EXPECT_TRUE(supports("kn2row", "DilatedWide"));
  EXPECT_FALSE(supports("kn2row", "Unpadded"));
  EXPECT_FALSE(supports("winograd_f2x2_3x3", "FirstLayer"));
  EXPECT_TRUE(supports("winograd_f2x4_3x3", "OddEverything"));
  EXPECT_TRUE(supports("winograd_f4x4_5x5", "Square5x5"));
  EXPECT_FALSE(supports("winograd_f4x4_5x5", "Plain"));
  EXPECT_TRUE(supports("winograd_f4_7", "Wide1x7"));
  EXPECT_TRUE(supports("winograd_f4_7", "TallNx1"));
  EXPECT_FALSE(supports("winograd_f4_3", "Wide1x7"));
  EXPECT_TRUE(supports("winograd_f4_3", "Tall3x1"));
  EXPECT_TRUE(supports("pointwise", "PointwiseStrided"));
  EXPECT_FALSE(supports("pointwise", "Plain"));
  EXPECT_TRUE(supports("strassen", "PointwiseWideStrided"));
  EXPECT_FALSE(supports("strassen", "Pointwise"));
  EXPECT_TRUE(supports("depthwise", "DepthwiseMultiplier"));
  EXPECT_FALSE(supports("grouped", "Depthwise"));
  EXPECT_FALSE(supports("direct", "GroupedOdd"));
}

// They would read more vectors of the input than there are registers.
TEST(Catalogue, RotatedGroupsWithStridesHaveSmallTiles) {
  ConvLayer layer;
  layer.groups = 6;
  layer.inChannels = layer.outChannels = 16;
  layer.inHeight = layer.inWidth = 29;
  layer.kernelHeight = layer.kernelWidth = 3;
  layer.strideHeight = layer.strideWidth = 2;
  layer.outHeight = layer.outWidth = 14;
  MachineDescription wide = machine();
  wide.vectorBits = 512;
  wide.vectorRegisters = 32;
  auto largest = [&] {
    int64_t pixels = 0;
    for (const Choice &choice :
         getPrimitive("grouped_rotated").choices(layer, wide))
      pixels = std::max(pixels, choice.variant.pixels);
    return pixels;
  };
  EXPECT_EQ(largest(), 7);
  layer.strideHeight = layer.strideWidth = 1;
  EXPECT_EQ(largest(), 14);
}

TEST(Catalogue, DepthwiseTilesOfAVectorAreNotForPixelsInFewSetsOfTheCache) {
  auto least = [](int64_t channels, int64_t taps) {
    ConvLayer layer;
    layer.groups = channels;
    layer.inHeight = layer.inWidth = layer.outHeight = layer.outWidth = 14;
    layer.kernelHeight = layer.kernelWidth = taps;
    layer.padTop = layer.padBottom = layer.padLeft = layer.padRight = taps / 2;
    int64_t vectors = 100;
    for (const Choice &choice :
         getPrimitive("depthwise").choices(layer, machine()))
      if (choice.output == Layout::NHWC)
        vectors = std::min(vectors, choice.variant.vectors);
    return vectors;
  };
  EXPECT_EQ(least(512, 3), 2);
  EXPECT_EQ(least(512, 7), 1);
  EXPECT_EQ(least(480, 3), 1);
}

// Only a machine that adds beside what it multiplies gains by pairs.
TEST(Catalogue, PairsAreForMachinesWithPortsThatAdd) {
  ConvLayer layer;
  layer.inChannels = 64;
  layer.outChannels = 40;
  layer.inHeight = layer.inWidth = layer.outHeight = layer.outWidth = 7;
  MachineDescription wide = machine();
  wide.vectorBits = 512;
  wide.vectorRegisters = 32;
  wide.features = {"avx512f"};
  const Primitive &pairs = getPrimitive("pointwise_pairs");
  EXPECT_TRUE(pairs.choices(layer, wide).empty());
  wide.addBitsPerCycle = 512;
  ASSERT_FALSE(pairs.choices(layer, wide).empty());

  // 22 iterations of three channels, sums of b b' and scales: 68 rows of three
  // vectors of output channels.
  const Choice choice = pairs.choices(layer, wide).front();
  EXPECT_EQ(pairs.packedFilter(layer, choice, wide).size(), 68 * 48);
  std::vector<float> filter(layer.filterElements(), 3.0f);
  std::vector<float> packed = packFloats(layer, choice, wide, filter);
  EXPECT_EQ(packed[0], 1.5f);
  EXPECT_EQ(packed[65 * 16], 0.0f); // There is no channel 65.
  EXPECT_EQ(packed[66 * 16], -22 * 1.5f * 1.5f);
  EXPECT_EQ(packed[67 * 16], 2.0f);
}

// Nothing is made for other types yet.
TEST(Catalogue, OtherTypesHaveNoChoices) {
  for (const NamedLayer &entry : layerTable()) {
    ConvProblem half = entry.layer;
    half.types.input = half.types.filter = ElementType::F16;
    EXPECT_TRUE(allChoices(half, machine()).empty());
    for (const Primitive *primitive : allPrimitives())
      EXPECT_FALSE(primitive->supports(half));
  }
}

} // namespace
