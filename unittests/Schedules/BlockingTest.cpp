// What a schedule divides a layer into: blocks of rows, columns and channels,
// and filters transformed where they are needed, in every size that occurs.

#include "CheckedChoices.h"
#include "convopt/Primitives/Tiling.h"
#include <set>

using namespace convopt;

namespace {

// Filters transformed where they are needed: channels that fill no chunk and no
// tile, several images, one thread and two.
TEST(ConvScheduleFresh, WinogradTransformsPlainFilters) {
  MachineDescription machine = llvm::cantFail(describeHost());
  machine.gigahertz = 1e-3; // Slow, so that it is worth dividing.
  ConvLayer layer;
  layer.batch = 2;
  layer.inChannels = 130;
  layer.outChannels = 84;
  layer.inHeight = layer.outHeight = 14;
  layer.inWidth = layer.outWidth = 11;
  for (int64_t kernel : {3, 5}) {
    layer.kernelHeight = layer.kernelWidth = kernel;
    layer.padTop = layer.padBottom = layer.padLeft = layer.padRight =
        kernel / 2;
    std::set<const Primitive *> kinds;
    std::vector<Choice> choices;
    for (const Choice &choice : allChoices(layer, machine)) {
      if (!choice.variant.fresh)
        continue;
      EXPECT_LT(choice.primitive->packedFilter(layer, choice, machine).size(),
                1.3 * layer.filterElements());
      if (kinds.insert(choice.primitive).second)
        choices.push_back(choice);
    }
    // More where the table of tiles has grown.
    EXPECT_GE(kinds.size(), kernel == 3 ? 5u : 1u);
    for (int64_t threads : {1, 2})
      check({"Fresh", layer, true}, machine, choices, threads);
  }
}

// Register tiles that do not divide the block: what is added to a sum must not
// be added twice.
TEST(ConvScheduleFresh, WinogradCutsOffTheLastTile) {
  MachineDescription machine = llvm::cantFail(describeHost());
  ConvLayer layer;
  layer.inChannels = 128;
  layer.outChannels = 64;
  layer.inHeight = layer.inWidth = layer.outHeight = layer.outWidth = 17;
  layer.kernelHeight = layer.kernelWidth = 3;
  layer.padTop = layer.padBottom = layer.padLeft = layer.padRight = 1;
  std::vector<Choice> choices;
  for (const Choice &choice : allChoices(layer, machine)) {
    const Variant &v = choice.variant;
    const LoopNest nest = choice.primitive->loops(layer, choice);
    if (v.fresh && v.strip * nest.columns % v.pixels)
      choices.push_back(choice);
  }
  EXPECT_FALSE(choices.empty());
  check({"Fresh", layer, true}, machine, choices, 1);
}

// Blocks of whole rows of tiles, of part of a row and of the whole image.
TEST(ConvScheduleBlocks, WinogradIsRightInEveryBlocking) {
  MachineDescription machine = llvm::cantFail(describeHost());
  ConvLayer layer;
  layer.inChannels = 12;
  layer.outChannels = 20;
  layer.inHeight = layer.outHeight = 22;
  layer.inWidth = layer.outWidth = 48;
  layer.kernelHeight = layer.kernelWidth = 3;
  layer.padTop = layer.padBottom = layer.padLeft = layer.padRight = 1;
  std::set<std::tuple<const Primitive *, int64_t, int64_t>> seen;
  bool partOfRow = false, wholeImage = false;
  std::vector<Choice> choices;
  for (int64_t cache : {96, 512}) {
    machine.l2Bytes = cache << 10;
    for (const Choice &choice : allChoices(layer, machine)) {
      const Variant &v = choice.variant;
      const int64_t tile = choice.primitive->outputTile(layer).rows;
      if (tile == 1 ||
          !seen.insert({choice.primitive, v.strip, v.columns}).second)
        continue;
      partOfRow |= v.columns != 0;
      wholeImage |= divideUp(layer.outHeight, tile) == v.strip;
      choices.push_back(choice);
    }
  }
  EXPECT_TRUE(partOfRow);
  EXPECT_TRUE(wholeImage);
  check({"Blocks", layer, true}, machine, choices, 1);
}

// Parts of a row that are shorter than a vector, of either layout.
TEST(ConvScheduleBlocks, WinogradIsRightInNarrowBlocks) {
  MachineDescription machine = llvm::cantFail(describeHost());
  machine.l2Bytes = 128 << 10;
  for (int64_t channels : {1, 16}) {
    ConvLayer layer;
    layer.inChannels = channels;
    layer.outChannels = 200;
    layer.inHeight = layer.outHeight = 5;
    layer.inWidth = layer.outWidth = 96;
    layer.kernelHeight = 7;
    layer.padTop = layer.padBottom = 3;
    std::set<std::pair<Layout, int64_t>> seen;
    std::vector<Choice> choices;
    for (const Choice &choice : allChoices(layer, machine)) {
      const int64_t columns = choice.variant.columns;
      if (columns && columns < 16 &&
          seen.insert({choice.input, columns}).second)
        choices.push_back(choice);
    }
    EXPECT_GE(choices.size(), 2u);
    check({"Narrow", layer, true}, machine, choices, 1);
  }
}

// All channels of a tile of pixels together, where images exceed L2.
TEST(ConvScheduleBlocks, DepthwiseIsRightWithChannelsInside) {
  MachineDescription machine = llvm::cantFail(describeHost());
  machine.l2Bytes = 16 << 10;
  for (int64_t stride : {1, 2}) {
    ConvLayer layer;
    layer.batch = 2;
    layer.groups = 56;
    layer.inHeight = 19;
    layer.inWidth = 21;
    layer.kernelHeight = layer.kernelWidth = 3;
    layer.strideHeight = layer.strideWidth = stride;
    layer.padTop = layer.padLeft = layer.padRight = 1;
    layer.outHeight = (layer.inHeight + 1 - 3) / stride + 1;
    layer.outWidth = (layer.inWidth + 2 - 3) / stride + 1;
    std::vector<Choice> inside;
    for (const Choice &choice :
         getPrimitive("depthwise").choices(layer, machine))
      if (choice.variant.columns)
        inside.push_back(choice);
    for (int64_t threads : {1, 2})
      check({"Inside", layer, true}, machine, inside, threads);
  }
}

// The whole plane at once, and parts of it.
TEST(ConvScheduleBlocks, StrassenIsRightInEveryBlocking) {
  MachineDescription machine = llvm::cantFail(describeHost());
  machine.l2Bytes = 512 << 10;
  ConvLayer layer;
  layer.inChannels = 256;
  layer.outChannels = 128;
  layer.inHeight = layer.outHeight = 24;
  layer.inWidth = layer.outWidth = 28;
  bool part = false;
  std::vector<Choice> choices;
  for (const Choice &choice : getPrimitive("strassen").choices(layer, machine))
    if (choice.variant.vectors < 5) {
      part |= choice.variant.strip < 24 * 28;
      choices.push_back(choice);
    }
  EXPECT_TRUE(part);
  check({"Blocks", layer, true}, machine, choices, 1);
}

} // namespace
