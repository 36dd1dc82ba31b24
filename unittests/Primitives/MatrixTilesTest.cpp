// Which blocks of tiles are offered for a layer.

#include "../CostModel/TestLayer.h"
#include "convopt/Primitives/Tiling.h"
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
  const Variant v = first(64, 64, 56, 3);
  EXPECT_EQ(v.pixels, 32);
  EXPECT_EQ(v.vectors, 2);
  EXPECT_EQ(v.unroll, 16);
}

TEST(MatrixTiles, ABlockHasNoMoreChannelsThanThereAre) {
  EXPECT_EQ(first(64, 16, 56, 3).vectors, 1);
  EXPECT_EQ(first(64, 16, 56, 3).pixels, 48);
  EXPECT_EQ(first(64, 48, 56, 1).vectors, 3);
}

TEST(MatrixTiles, ABlockHasNoMorePixelsThanThereAre) {
  EXPECT_EQ(first(64, 64, 4, 1).pixels, 16);
  EXPECT_EQ(first(64, 64, 4, 1).vectors, 4);
  EXPECT_TRUE(variants(testLayer(64, 64, 3, 1)).empty());
}

TEST(MatrixTiles, AStripHoldsABlock) {
  for (int64_t size : {4, 5, 7, 14, 28, 56, 112})
    for (int64_t filters : {8, 16, 40, 64, 96})
      for (const Variant &v : variants(testLayer(64, filters, size, 3))) {
        EXPECT_LE(v.pixels, v.strip * size);
        EXPECT_LE(channelTile(v), 64);
      }
}

TEST(MatrixTiles, ShortRowsOfPatchesAreOffered) {
  EXPECT_EQ(first(3, 64, 32, 7).unroll, 7);
  EXPECT_TRUE(variants(testLayer(3, 64, 32, 1)).empty());
}

} // namespace
