#include "convopt/Primitives/Tiling.h"
#include "llvm/Support/Error.h"
#include "gtest/gtest.h"
#include <set>

using namespace convopt;

namespace {

MachineDescription machineOf(int64_t vectorBits, int64_t registers) {
  MachineDescription machine;
  machine.vectorBits = vectorBits;
  machine.vectorRegisters = registers;
  return machine;
}

const MachineDescription machines[] = {machineOf(512, 32), machineOf(256, 16),
                                       machineOf(128, 32)};

TEST(Tiling, EvenBlockCutsEvenly) {
  EXPECT_EQ(evenBlock(56, 20), 19);
  EXPECT_EQ(evenBlock(56, 28), 28);
  EXPECT_EQ(evenBlock(7, 100), 7);
  EXPECT_EQ(evenBlock(7, 0), 1);
}

TEST(Tiling, ATileWiderThanTheImageTakesRows) {
  EXPECT_EQ(pixelTile(14, 7, 7).columns, 7);
  EXPECT_EQ(pixelTile(14, 7, 7).rows, 2);
  EXPECT_EQ(pixelTile(14, 7, 1).rows, 1);
  EXPECT_EQ(pixelTile(6, 7, 7).columns, 6);
}

TEST(Tiling, AccumulatorsLeaveRegistersForLoadsOnAArch64) {
  MachineDescription arm = machineOf(128, 32), x86 = machineOf(128, 32);
  arm.triple = "aarch64-unknown-linux-gnu";
  x86.triple = "x86_64-unknown-linux-gnu";
  auto most = [](const MachineDescription &machine) {
    int64_t most = 0;
    for (const Variant &v :
         registerTiles(96, 56, 56, machine.lanes(ElementType::F32), machine))
      most = std::max(most, v.pixels * v.vectors);
    for (const Variant &v : channelMajorTiles(
             96, 56 * 56, machine.lanes(ElementType::F32), machine))
      most = std::max(most, v.pixels * v.vectors);
    return most;
  };
  EXPECT_GE(most(arm), 24);
  EXPECT_LE(most(arm), 25);
  EXPECT_GE(most(x86), 28);
}

TEST(Tiling, ARunOfEachPixelHasARegisterBesideTheSums) {
  MachineDescription arm = machineOf(128, 32);
  arm.triple = "aarch64-unknown-linux-gnu";
  for (int64_t channels : {1, 4, 24, 58, 96, 160, 1000})
    for (int64_t width : {1, 7, 14, 56}) {
      SCOPED_TRACE(channels);
      const std::vector<Variant> tiles =
          registerTiles(channels, width, width, 4, arm, 4);
      ASSERT_FALSE(tiles.empty());
      for (const Variant &v : tiles)
        if (width > 1)
          EXPECT_LE(v.pixels * v.vectors + v.pixels + v.vectors, 29)
              << toString(v.name());
    }
}

// By 20 channels 384 are computed as 400; three pixels by 24 channels load more
// than six by 12.
TEST(Tiling, OfTilesWithRunsThoseOfFewInstructionsRemain) {
  MachineDescription arm = machineOf(128, 32);
  arm.triple = "aarch64-unknown-linux-gnu";
  auto vectors = [&](int64_t channels) {
    std::set<int64_t> all;
    for (const Variant &v : registerTiles(channels, 35 * 64, 1, 4, arm, 4))
      all.insert(v.vectors);
    return all;
  };
  EXPECT_EQ(vectors(384), (std::set<int64_t>{2, 3, 4}));
  EXPECT_EQ(vectors(1000), (std::set<int64_t>{2, 3, 4, 5}));
  EXPECT_EQ(vectors(24), (std::set<int64_t>{2, 3}));
}

TEST(Tiling, RunsAreOfFloatsOnAArch64) {
  MachineDescription arm = machineOf(128, 32), x86 = machineOf(128, 32);
  arm.triple = "aarch64-unknown-linux-gnu";
  x86.triple = "x86_64-unknown-linux-gnu";
  ConvTypes integers;
  integers.accumulator = ElementType::I32;
  EXPECT_EQ(pixelRun(4, ConvTypes(), arm), 4);
  EXPECT_EQ(pixelRun(2, ConvTypes(), arm), 2);
  EXPECT_EQ(pixelRun(3, ConvTypes(), arm), 1);
  EXPECT_EQ(pixelRun(4, integers, arm), 1);
  EXPECT_EQ(pixelRun(4, ConvTypes(), x86), 1);
}

TEST(Tiling, RunsFillARegister) {
  auto describe = [](const char *target, const char *cpu) {
    return llvm::cantFail(describeMachine({target, cpu, ""}));
  };
  const MachineDescription a76 = describe("aarch64", "cortex-a76"),
                           a72 = describe("aarch64", "cortex-a72"),
                           x86 = describe("x86-64", "znver4");
  const ConvTypes bytes{ElementType::I8, ElementType::I8, ElementType::I32,
                        ElementType::I32};
  const ConvTypes halves{ElementType::F16, ElementType::F16, ElementType::F16,
                         ElementType::F32};
  struct {
    const MachineDescription &machine;
    const ConvTypes &types;
    int64_t longest;
  } cases[] = {{a76, bytes, 4}, {a72, bytes, 8}, {a76, halves, 8}};
  for (const auto &[machine, types, longest] : cases) {
    for (int64_t run = longest; run > 1; run /= 2) {
      EXPECT_EQ(reductionUnroll(3 * run, types, machine), run);
      EXPECT_EQ(pixelRun(run, types, machine), run);
    }
    EXPECT_EQ(reductionUnroll(3, types, machine), 3);
    EXPECT_EQ(pixelRun(3, types, machine), 1);
    EXPECT_EQ(pixelRun(2 * longest, types, machine), 1);
  }
  EXPECT_EQ(reductionUnroll(6, bytes, x86), 3);
  EXPECT_EQ(pixelRun(4, bytes, x86), 1);
}

// Three channels, whose pixels would be loaded number by number.
TEST(Tiling, RowsAreReadOfFewChannels) {
  MachineDescription a76 =
      llvm::cantFail(describeMachine({"aarch64", "cortex-a76", ""}));
  MachineDescription x86 =
      llvm::cantFail(describeMachine({"x86-64", "znver4", ""}));
  ConvProblem stem;
  stem.inChannels = 3;
  stem.kernelHeight = stem.kernelWidth = 3;
  stem.strideHeight = stem.strideWidth = 2;
  EXPECT_TRUE(readsRows(stem, Layout::NCHW, a76));
  EXPECT_FALSE(readsRows(stem, Layout::NCHW, x86));
  EXPECT_FALSE(readsRows(stem, Layout::NHWC, a76));
  ConvProblem halves = stem;
  halves.types = {ElementType::F16, ElementType::F16, ElementType::F16,
                  ElementType::F32};
  EXPECT_TRUE(readsRows(halves, Layout::NHWC, a76));
  halves.inChannels = 16;
  EXPECT_FALSE(readsRows(halves, Layout::NHWC, a76));
  ConvProblem single = stem;
  single.kernelWidth = 1;
  EXPECT_FALSE(readsRows(single, Layout::NCHW, a76));
}

TEST(Tiling, EveryLayerHasRegisterTilesThatFitTheRegisters) {
  for (const MachineDescription &machine : machines)
    for (int64_t channels = 1; channels <= 300; ++channels)
      for (int64_t width : {1, 2, 7, 13, 56}) {
        SCOPED_TRACE(channels);
        std::vector<Variant> tiles = registerTiles(
            channels, width, width, machine.lanes(ElementType::F32), machine);
        ASSERT_FALSE(tiles.empty());
        ASSERT_LE(tiles.size(), 12u);
        std::set<std::string> names;
        for (const Variant &v : tiles) {
          EXPECT_TRUE(names.insert(toString(v.name())).second);
          EXPECT_LE(v.pixels * v.vectors + 1, machine.vectorRegisters);
          EXPECT_LE(v.lanes, machine.lanes(ElementType::F32));
          // Whole rows, or part of one, that lie in the image.
          PixelTile tile = pixelTile(v.pixels, width, width);
          EXPECT_EQ(tile.columns * tile.rows, v.pixels);
        }
      }
}

TEST(Tiling, VectorsOfPixelsFitIntoTheRow) {
  for (const MachineDescription &machine : machines)
    for (int64_t pixels = 4; pixels <= 60; ++pixels) {
      std::vector<Variant> tiles = channelMajorTiles(
          24, pixels, machine.lanes(ElementType::F32), machine);
      ASSERT_FALSE(tiles.empty()) << pixels;
      for (const Variant &v : tiles)
        EXPECT_LE(vectorTile(v), pixels);
    }
  EXPECT_TRUE(channelMajorTiles(24, 3, 16, machines[0]).empty());
}

// Four sums cannot keep two multiply-add units busy, whatever else is wasted.
TEST(Tiling, FewChannelsGetTilesWithEnoughSums) {
  MachineDescription neon;
  neon.vectorBits = 128;
  neon.vectorRegisters = 32;
  std::vector<Variant> tiles = channelMajorTiles(4, 28, 4, neon);
  ASSERT_FALSE(tiles.empty());
  for (const Variant &v : tiles)
    EXPECT_GE(v.pixels * v.vectors, 8) << toString(v.name());
}

} // namespace
