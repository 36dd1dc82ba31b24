#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Primitives/WinogradTransforms.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace convopt;

namespace {

// Sizes that neither a tile nor a cache line divides.
ConvLayer oddLayer(int64_t groups) {
  ConvLayer layer;
  layer.groups = groups;
  layer.inChannels = 7;
  layer.outChannels = 21;
  layer.kernelHeight = layer.kernelWidth = 3;
  layer.inHeight = layer.inWidth = 14;
  layer.outHeight = layer.outWidth = 12;
  return layer;
}

std::vector<float> numbers(const ConvLayer &layer) {
  std::vector<float> filter(layer.filterElements());
  for (size_t i = 0; i < filter.size(); ++i)
    filter[i] = std::sin(float(i));
  return filter;
}

// `size` channels in each of the tiles, zeros in what is left of them.
void expectTiles(const ConvLayer &layer, int64_t tile, int64_t size) {
  const int64_t G = layer.groups, C = layer.inChannels, K = layer.outChannels;
  const int64_t window = layer.kernelHeight * layer.kernelWidth;
  const std::vector<float> filter = numbers(layer);
  const std::vector<float> packed = packTiles(layer, tile, filter);
  ASSERT_EQ(int64_t(packed.size()), G * roundUp(K, tile) * window * C);
  size_t at = 0;
  for (int64_t g = 0; g < G; ++g)
    for (int64_t block = 0; block < divideUp(K, tile); ++block)
      for (int64_t rs = 0; rs < window; ++rs)
        for (int64_t c = 0; c < C; ++c)
          for (int64_t t = 0; t < tile; ++t) {
            const int64_t k = block * size + t;
            const float expected =
                t < size && k < K ? filter[((g * K + k) * C + c) * window + rs]
                                  : 0.0f;
            ASSERT_EQ(packed[at++], expected) << g << " " << k << " " << c;
          }
}

TEST(Packing, TilesHoldEachWeightWhereItIsReadAndZerosElsewhere) {
  expectTiles(oddLayer(1), 8, 8);
}

TEST(Packing, TilesShareAGroupEvenly) {
  expectTiles(oddLayer(2), 8, 7);
  expectTiles(oddLayer(2), 32, 21);
  EXPECT_TRUE(cutsGroups(oddLayer(2), 8));
  EXPECT_FALSE(cutsGroups(oddLayer(2), 16));
}

TEST(Packing, WinogradTransformsEachFilterInDouble) {
  const ConvLayer layer = oddLayer(1);
  const std::vector<float> filter = numbers(layer);
  const int64_t C = layer.inChannels, K = layer.outChannels;
  MachineDescription machine;
  machine.vectorBits = 256;
  const Primitive &primitive = getPrimitive("winograd_f4x4_3x3");
  const Choice choice = primitive.choices(layer, machine).front();
  const WinogradTransforms w = winogradTransforms(choice, layer);
  const std::vector<float> packed =
      primitive.packFilter(layer, choice, machine, filter);
  const int64_t tile = channelTile(choice.variant);
  const int64_t blocks = divideUp(K, tile);
  ASSERT_EQ(int64_t(packed.size()), w.elements() * blocks * tile * C);
  for (int64_t e = 0; e < w.elements(); ++e)
    for (int64_t k = 0; k < blocks * tile; ++k)
      for (int64_t c = 0; c < C; ++c) {
        double sum = 0;
        for (int64_t i = 0; i < 9 && k < K; ++i)
          sum += w.rows.filter[e / w.columns.tile()][i / 3] *
                 w.columns.filter[e % w.columns.tile()][i % 3] *
                 filter[(k * C + c) * 9 + i];
        ASSERT_FLOAT_EQ(
            packed[((e * blocks + k / tile) * C + c) * tile + k % tile],
            float(sum))
            << e << " " << k << " " << c;
      }
}

} // namespace
