#include "convopt/Primitives/Division.h"
#include "convopt/Primitives/Tiling.h"
#include "gtest/gtest.h"
#include <set>

using namespace convopt;

namespace {

/// An image of 56 rows whose kernel takes a millisecond.
SharedLoops largeImage() {
  SharedLoops loops;
  loops.extent = loops.strip = 56;
  loops.blocks = 4;
  loops.image = 200000;
  loops.filter = 4096;
  loops.seconds = 1e-3;
  return loops;
}

TEST(Division, HalvesAStripForTwoThreads) {
  Division division = divide(largeImage(), 2);
  EXPECT_EQ(division.loop, DividedLoop::Strips);
  EXPECT_EQ(division.strip, 28);
  EXPECT_DOUBLE_EQ(division.speedup, 2);
  EXPECT_LT(division.secondsOf(1e-3), 0.51e-3);
}

TEST(Division, KeepsStripsThatDivide) {
  SharedLoops loops = largeImage();
  loops.strip = 7;
  EXPECT_EQ(divide(loops, 2).strip, 7);
  EXPECT_EQ(divide(loops, 4).strip, 7);
}

TEST(Division, MakesStripsOfWholeTiles) {
  SharedLoops loops = largeImage();
  loops.extent = loops.strip = 49;
  loops.granule = 9;
  loops.blocks = 1;
  Division division = divide(loops, 2);
  EXPECT_EQ(division.loop, DividedLoop::Strips);
  EXPECT_EQ(division.strip, 27);
  EXPECT_NEAR(division.speedup, 49 / 27.0, 1e-9);
}

TEST(Division, LetsOneThreadDoLittleWork) {
  SharedLoops loops = largeImage();
  loops.seconds = 1e-6;
  Division division = divide(loops, 2);
  EXPECT_EQ(division.loop, DividedLoop::None);
  EXPECT_EQ(division.strip, 56);
  EXPECT_DOUBLE_EQ(division.secondsOf(1e-6), 1e-6);
  EXPECT_EQ(divide(largeImage(), 1).loop, DividedLoop::None);
}

TEST(Division, ReadsALargeFilterOnce) {
  SharedLoops loops = largeImage();
  loops.filter = 4 * loops.image;
  EXPECT_EQ(divide(loops, 2).loop, DividedLoop::Blocks);
  loops.blocks = 1;
  loops.stages = 3;
  EXPECT_EQ(divide(loops, 2).loop, DividedLoop::Stages);
  loops.stages = 0; // Nothing is left but strips.
  EXPECT_EQ(divide(loops, 2).loop, DividedLoop::Strips);
}

// Reading a filter from memory is little quicker with several cores.
TEST(Division, IsBoundByMemory) {
  SharedLoops loops = largeImage();
  loops.filterSeconds = 0.9e-3;
  EXPECT_DOUBLE_EQ(divide(loops, 2).secondsOf(1e-3), 0.9e-3);
  EXPECT_DOUBLE_EQ(divide(loops, 2).secondsOf(0.8e-3), 0.8e-3);
  loops.filter = 4 * loops.image;
  double apart = divide(loops, 2).secondsOf(1e-3);
  EXPECT_LT(apart, 0.7e-3);
  EXPECT_GT(apart, 0.5e-3);
}

TEST(Division, TakesImagesFirst) {
  SharedLoops loops = largeImage();
  loops.images = 4;
  EXPECT_EQ(divide(loops, 2).loop, DividedLoop::Images);
  loops.images = 3; // One thread would have two.
  EXPECT_EQ(divide(loops, 2).loop, DividedLoop::Strips);
}

TEST(Division, DividesBlocksOfWinogradIntoWholeStrips) {
  SharedLoops loops = largeImage();
  loops.extent = loops.strip = 14;
  loops.wholeStrips = true;
  loops.blocks = 1;
  EXPECT_EQ(divide(loops, 2).strip, 7);
  loops.extent = loops.strip = 7; // 7 divides into single rows alone.
  Division division = divide(loops, 2);
  EXPECT_EQ(division.strip, 1);
  EXPECT_NEAR(division.speedup, 7 / 4.0, 1e-9);
}

// Whatever a schedule is told lies within its loops.
TEST(Division, HoldsForEveryChoice) {
  const MachineDescription machine;
  ConvLayer layer;
  layer.inChannels = 24;
  layer.outChannels = 40;
  layer.inHeight = layer.outHeight = 17;
  layer.inWidth = layer.outWidth = 30;
  layer.kernelHeight = layer.kernelWidth = 3;
  layer.padTop = layer.padBottom = layer.padLeft = layer.padRight = 1;
  ConvLayer pointwise = layer;
  pointwise.kernelHeight = pointwise.kernelWidth = 1;
  pointwise.padTop = pointwise.padBottom = pointwise.padLeft =
      pointwise.padRight = 0;
  ConvLayer depthwise = layer;
  depthwise.groups = 64;
  depthwise.inChannels = depthwise.outChannels = 1;
  for (const ConvLayer &l : {layer, pointwise, depthwise})
    for (const Choice &choice : allChoices(l, machine)) {
      SharedLoops loops = sharedLoops(l, choice, machine);
      loops.seconds = 1;
      for (int64_t threads : {2, 3, 4, 8}) {
        SCOPED_TRACE(toString(choice) + " " + std::to_string(threads));
        Division division = divide(loops, threads);
        EXPECT_GT(division.speedup, 1);
        EXPECT_LE(division.speedup, threads * 1.5);
        EXPECT_GE(division.strip, std::min(loops.granule, loops.strip));
        EXPECT_LE(division.strip, loops.strip);
      }
    }
}

} // namespace
