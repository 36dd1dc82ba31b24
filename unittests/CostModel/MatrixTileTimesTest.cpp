#include "MatrixTileTimes.h"
#include "TestLayer.h"
#include <gtest/gtest.h>

using namespace convopt;

namespace {

const MachineDescription machine = testMachine("sapphirerapids");

ConvProblem ofBytes(const ConvLayer &layer) {
  return {
      layer,
      {ElementType::U8, ElementType::I8, ElementType::I32, ElementType::I32}};
}

double secondsOf(const ConvLayer &layer, int64_t pixels, int64_t vectors) {
  Variant v;
  v.pixels = pixels;
  v.vectors = vectors;
  v.lanes = v.unroll = 16;
  v.strip = layer.outHeight;
  return matrixTileSeconds(
      ofBytes(layer),
      {&getPrimitive("matrix_tiles"), Layout::NHWC, Layout::NHWC, v}, machine);
}

TEST(MatrixTileTimes, TilesInTurnWaitLess) {
  const ConvLayer layer = testLayer(64, 64, 56, 3);
  EXPECT_LT(secondsOf(layer, 32, 2), 0.85 * secondsOf(layer, 16, 1));
}

TEST(MatrixTileTimes, ChannelsThatAreNotThereTakeTime) {
  const ConvLayer layer = testLayer(64, 16, 56, 1);
  EXPECT_GT(secondsOf(layer, 16, 4), 1.5 * secondsOf(layer, 64, 1));
}

TEST(MatrixTileTimes, ImagesOfPatchesOfOnePixelAreNotCopied) {
  ConvLayer layer = testLayer(64, 16, 56, 1), strided = layer;
  strided.strideHeight = strided.strideWidth = 2;
  strided.inHeight = strided.inWidth = 111;
  EXPECT_GT(secondsOf(strided, 64, 1), 1.2 * secondsOf(layer, 64, 1));
}

TEST(MatrixTileTimes, WeightsComeFromMemory) {
  const ConvLayer layer = testLayer(2048, 512, 7, 1);
  EXPECT_GE(secondsOf(layer, 32, 2),
            2048 * 512 / (machine.memoryGigabytesPerSecond * 1e9));
}

} // namespace
