#include "../Schedules/LayerTable.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Primitives/WinogradTransforms.h"
#include "gtest/gtest.h"

using namespace convopt;

namespace {

MachineDescription machine() {
  return llvm::cantFail(describeMachine({"x86-64", "znver4", ""}));
}

ConvLayer square(int64_t in, int64_t out, int64_t size, int64_t kernel) {
  ConvLayer l;
  l.inChannels = in;
  l.outChannels = out;
  l.inHeight = l.inWidth = l.outHeight = l.outWidth = size;
  l.kernelHeight = l.kernelWidth = kernel;
  l.padTop = l.padBottom = l.padLeft = l.padRight = kernel / 2;
  return l;
}

LoopNest nestOf(const char *primitive, const ConvLayer &layer, Layout output,
                const Variant &variant) {
  const Primitive &p = getPrimitive(primitive);
  return p.loops(layer, {&p, output, output, variant});
}

Variant variantOf(int64_t pixels, int64_t vectors, int64_t strip,
                  int64_t columns = 0) {
  Variant v;
  v.pixels = pixels;
  v.vectors = vectors;
  v.strip = strip;
  v.lanes = 16;
  v.columns = columns;
  return v;
}

// Whatever the loops are, they compute every output.
TEST(LoopNest, EveryChoiceCoversItsLayer) {
  for (const NamedLayer &entry : layerTable())
    for (const Choice &choice : allChoices(entry.layer, machine())) {
      SCOPED_TRACE(entry.name + " " + toString(choice));
      const ConvLayer &l = entry.layer;
      const LoopNest nest = choice.primitive->loops(l, choice);
      const OutputTile tile = choice.primitive->outputTile(l);
      EXPECT_EQ(nest.images * nest.extent * nest.width,
                l.batch * divideUp(l.outHeight, tile.rows) *
                    divideUp(l.outWidth, tile.columns));
      EXPECT_EQ(nest.unitRows, tile.rows);
      EXPECT_GE(nest.strip, 1);
      EXPECT_LE(nest.strip, nest.extent);
      EXPECT_GE(nest.granule, 1);
      EXPECT_LE(nest.columns, nest.width);
      const int64_t channels = l.groups * l.outChannels;
      if (nest.columns < nest.width || nest.stages)
        EXPECT_EQ(nest.blocks, divideUp(nest.width, nest.columns));
      else if (nest.blocks > 1)
        EXPECT_GE(nest.blocks * nest.channels, channels);
      EXPECT_EQ(nest.tile.channels * nest.tile.pixels,
                choice.variant.pixels * vectorTile(choice.variant));
    }
}

TEST(LoopNest, RectanglesOfSmallImagesTakeRows) {
  const LoopNest nest =
      nestOf("direct", square(64, 80, 7, 3), Layout::NHWC, variantOf(14, 2, 4));
  EXPECT_EQ(nest.unit, StripUnit::Rows);
  EXPECT_EQ(nest.extent, 7);
  EXPECT_EQ(nest.pixels.columns, 7);
  EXPECT_EQ(nest.pixels.rows, 2);
  EXPECT_EQ(nest.granule, 2);
  EXPECT_EQ(nest.channels, 32);
  EXPECT_EQ(nest.blocks, 3);
}

TEST(LoopNest, NchwSwapsTheTile) {
  const LoopNest nest =
      nestOf("direct", square(64, 80, 56, 3), Layout::NCHW, variantOf(6, 2, 8));
  EXPECT_EQ(nest.tile.channels, 6);
  EXPECT_EQ(nest.tile.pixels, 32);
  EXPECT_EQ(nest.pixels.columns, 32);
  EXPECT_EQ(nest.blocks, 14);
}

TEST(LoopNest, StripsOfAPlaneAreOfPixels) {
  const ConvLayer layer = square(64, 80, 14, 1);
  const LoopNest nest =
      nestOf("pointwise", layer, Layout::NHWC, variantOf(6, 2, 48));
  EXPECT_EQ(nest.unit, StripUnit::Pixels);
  EXPECT_EQ(nest.extent, 196);
  EXPECT_EQ(nest.strip, 48);
  EXPECT_EQ(nest.granule, 6);
  // Those of im2row are whole rows, but tiles run on through them.
  const LoopNest rows =
      nestOf("im2row", square(64, 80, 14, 3), Layout::NHWC, variantOf(6, 2, 3));
  EXPECT_EQ(rows.strip, 42);
  EXPECT_EQ(rows.granule, 14);
  EXPECT_EQ(rows.pixels.columns, 6);
}

TEST(LoopNest, ImagesOfOnePixelAreOnePlane) {
  ConvLayer layer = square(64, 80, 1, 1);
  layer.batch = 10;
  const LoopNest nest =
      nestOf("pointwise", layer, Layout::NHWC, variantOf(5, 2, 10));
  EXPECT_EQ(nest.unit, StripUnit::Images);
  EXPECT_EQ(nest.images, 1);
  EXPECT_EQ(nest.extent, 10);
}

TEST(LoopNest, AStepOfStrassenIsSeveralRegisterTiles) {
  const LoopNest nest = nestOf("strassen", square(256, 256, 14, 1),
                               Layout::NHWC, variantOf(7, 2, 98));
  EXPECT_EQ(nest.tile.pixels, 7);
  EXPECT_EQ(nest.pixels.columns, 14);
  EXPECT_EQ(nest.channels, 64);
  EXPECT_EQ(nest.blocks, 4);
  EXPECT_TRUE(nest.wholeStrips);
  EXPECT_DOUBLE_EQ(nest.work, 7.0 / 8);
}

TEST(LoopNest, WinogradCountsTiles) {
  const LoopNest nest = nestOf("winograd_f4x4_3x3", square(64, 64, 30, 3),
                               Layout::NHWC, variantOf(6, 2, 2, 4));
  EXPECT_EQ(nest.extent, 8);
  EXPECT_EQ(nest.width, 8);
  EXPECT_EQ(nest.unitRows, 4);
  EXPECT_EQ(nest.columns, 4);
  EXPECT_EQ(nest.blocks, 2);
  EXPECT_EQ(nest.granule, 2); // Six tiles are more than one row of four.
}

TEST(LoopNest, AVectorOfRotatedGroupsIsABlock) {
  ConvLayer layer = square(4, 4, 56, 3);
  layer.groups = 32;
  const LoopNest nest =
      nestOf("grouped_rotated", layer, Layout::NHWC, variantOf(14, 1, 28));
  EXPECT_EQ(nest.channels, 16);
  EXPECT_EQ(nest.blocks, 8);
}

TEST(LoopNest, DepthwiseDownColumnsHasNoBlocks) {
  ConvLayer layer = square(1, 1, 56, 3);
  layer.groups = 96;
  EXPECT_EQ(
      nestOf("depthwise", layer, Layout::NHWC, variantOf(8, 1, 14)).blocks, 6);
  EXPECT_EQ(
      nestOf("depthwise", layer, Layout::NHWC, variantOf(8, 1, 56, 1)).blocks,
      1);
}

} // namespace
