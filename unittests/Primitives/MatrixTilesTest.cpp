// Which blocks of tiles are offered for a layer.

#include "../CostModel/TestLayer.h"
#include "convopt/Primitives/Tiling.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

using namespace convopt;

namespace {

/// Of a layer of bytes, on a machine with such tiles.
std::vector<Variant> variants(const ConvLayer &layer) {
  const ConvTypes bytes{ElementType::U8, ElementType::I8, ElementType::I32,
                        ElementType::I32};
  std::vector<Variant> all;
  for (const Choice &choice :
       getPrimitive("matrix_tiles")
           .choices(ConvProblem(layer, bytes), testMachine("sapphirerapids")))
    all.push_back(choice.variant);
  return all;
}

Variant first(int64_t channels, int64_t filters, int64_t size, int64_t kernel) {
  const std::vector<Variant> all =
      variants(testLayer(channels, filters, size, kernel));
  EXPECT_FALSE(all.empty());
  return all.empty() ? Variant() : all.front();
}

TEST(MatrixTiles, ABlockHasFourTiles) {
  for (const Variant &v : variants(testLayer(64, 64, 56, 3)))
    EXPECT_EQ(v.pixels * v.vectors, 64);
  EXPECT_EQ(first(64, 64, 56, 3).unroll, 16);
}

TEST(MatrixTiles, ABlockHasNoMoreChannelsThanThereAre) {
  EXPECT_EQ(first(64, 16, 56, 3).vectors, 1);
  EXPECT_EQ(first(64, 16, 56, 3).pixels, 64);
  EXPECT_EQ(first(64, 48, 56, 1).vectors, 3);
}

TEST(MatrixTiles, ABlockOf16ChannelsIsOfferedWhereItsWeightsStayInL1) {
  auto narrow = [](const Variant &v) { return v.vectors == 1; };
  EXPECT_TRUE(llvm::any_of(variants(testLayer(256, 256, 14, 3)), narrow));
  EXPECT_FALSE(llvm::any_of(variants(testLayer(64, 64, 56, 3)), narrow));
  EXPECT_FALSE(llvm::any_of(variants(testLayer(512, 512, 14, 3)), narrow));
}

TEST(MatrixTiles, ABlockHasNoMorePixelsThanThereAre) {
  EXPECT_EQ(first(64, 64, 4, 1).pixels, 16);
  EXPECT_EQ(first(64, 64, 4, 1).vectors, 4);
  EXPECT_TRUE(variants(testLayer(64, 64, 3, 1)).empty());
}

TEST(MatrixTiles, AStripHoldsABlock) {
  for (int64_t size : {4, 5, 7, 14, 28, 56, 112})
    for (int64_t filters : {8, 16, 40, 64, 96}) {
      const ConvLayer layer = testLayer(64, filters, size, 3);
      for (const Variant &v : variants(layer)) {
        EXPECT_LE(v.pixels, pixelsOfRows(layer, v, v.strip));
        EXPECT_LE(channelTile(v), 64);
      }
    }
}

TEST(MatrixTiles, ShortRowsOfPatchesAreOffered) {
  EXPECT_EQ(first(3, 64, 32, 7).unroll, 7);
  EXPECT_TRUE(variants(testLayer(3, 64, 32, 1)).empty());
}

TEST(MatrixTiles, PatchesOverlapInLinesOfPixels) {
  EXPECT_EQ(first(64, 64, 56, 3).pitch, 58);
  ConvLayer strided = testLayer(64, 64, 28, 3);
  strided.strideHeight = strided.strideWidth = 2;
  strided.inHeight = strided.inWidth = 55;
  EXPECT_EQ(variants(strided).front().pitch, 29);
}

TEST(MatrixTiles, PatchesAreCopiedWhereTheirRowsAreShort) {
  EXPECT_EQ(first(3, 32, 112, 3).pitch, 0);
  EXPECT_EQ(first(3, 32, 112, 3).unroll, 9);
  EXPECT_EQ(first(64, 64, 56, 1).pitch, 0);
}

TEST(MatrixTiles, PatchesAreCopiedWhereMuchLiesBetweenRows) {
  ConvLayer wide = testLayer(64, 64, 7, 1);
  wide.kernelWidth = 7;
  wide.padLeft = wide.padRight = 3;
  EXPECT_EQ(variants(wide).front().pitch, 0);
}

TEST(MatrixTiles, ChannelsThatDivideBadlyAreFilledUp) {
  // 29 steps of 4 channels take 29 instructions, 30 steps two.
  const ConvProblem layer(
      testLayer(116, 116, 28, 1),
      {ElementType::U8, ElementType::I8, ElementType::I32, ElementType::I32});
  const MachineDescription machine = testMachine("sapphirerapids");
  for (const Choice &choice :
       getPrimitive("matrix_tiles").choices(layer, machine)) {
    EXPECT_EQ(choice.variant.unroll, 15);
    EXPECT_EQ(tiledProblem(layer, choice.variant, 4).inChannels, 120);
    EXPECT_EQ(choice.primitive->packedFilter(layer, choice, machine)
                  .extent(FilterDim::Channel),
              30);
  }
  // A copy would take longer than it saves.
  EXPECT_EQ(first(72, 64, 28, 1).unroll, 9);
}

/// Groups of so many channels, inputs and outputs.
ConvLayer grouped(int64_t channels, int64_t groups) {
  ConvLayer layer = testLayer(channels, channels, 14, 3);
  layer.groups = groups;
  return layer;
}

TEST(MatrixTiles, SmallGroupsShareATile) {
  EXPECT_EQ(variants(grouped(4, 32)).front().vectors, 1);
  EXPECT_EQ(variants(grouped(32, 32)).front().vectors, 2);
  EXPECT_TRUE(variants(grouped(2, 32)).empty()) << "an eighth would count";
  EXPECT_TRUE(variants(grouped(12, 32)).empty()) << "a tile would be cut";
  EXPECT_TRUE(variants(grouped(4, 6)).empty()) << "a tile would not be full";
}

TEST(MatrixTiles, WeightsBetweenGroupsOfATileAreZeros) {
  ConvProblem layer = grouped(4, 32);
  layer.types = {ElementType::U8, ElementType::I8, ElementType::I32,
                 ElementType::I32};
  const MachineDescription machine = testMachine("sapphirerapids");
  const Choice choice =
      getPrimitive("matrix_tiles").choices(layer, machine).front();
  const PackedFilter order =
      choice.primitive->packedFilter(layer, choice, machine);
  std::vector<char> packed = packBytes(
      layer, choice, machine, std::vector<char>(layer.filterElements(), 1));
  ASSERT_EQ(int64_t(packed.size()), 4 * layer.filterElements());
  EXPECT_EQ(llvm::count(packed, 1), layer.filterElements());
  // The second group's first output and first input, in the tile's middle.
  EXPECT_EQ(order.positionOf(1, 0, 0, 0, 0),
            4 * order.stride(FilterDim::Lane) +
                order.stride(FilterDim::Channel));
  EXPECT_EQ(order.positionOf(4, 0, 0, 0, 0), order.stride(FilterDim::Block));
}

} // namespace
