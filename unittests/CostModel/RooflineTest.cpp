#include "convopt/CostModel/Roofline.h"
#include "Exponential.h"
#include "TestLayer.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace convopt;

TEST(Roofline, BandwidthFallsFromLevelToLevel) {
  MachineDescription machine = testMachine();
  double l1 = bandwidthFor(1000, machine);
  EXPECT_DOUBLE_EQ(l1, 64 * 3.6e9);
  EXPECT_EQ(bandwidthFor(machine.l1Bytes + 1, machine), l1 / 2);
  EXPECT_EQ(bandwidthFor(machine.l2Bytes + 1, machine), l1 / 8);
  EXPECT_EQ(bandwidthFor(1e9, machine), 22e9);
}

TEST(Roofline, TakesTheSlowerSide) {
  MachineDescription machine = testMachine();
  Roofline computes = roofline(testLayer(256, 256, 28, 3), machine);
  EXPECT_EQ(computes.seconds(), computes.flopSeconds);
  EXPECT_DOUBLE_EQ(computes.flopSeconds,
                   2.0 * 256 * 256 * 28 * 28 * 9 / machine.peak(ConvTypes()));
  // One row by a matrix: every weight is read for one product.
  Roofline moves = roofline(testLayer(4096, 4096, 1, 1), machine);
  EXPECT_EQ(moves.seconds(), moves.byteSeconds);
  EXPECT_DOUBLE_EQ(moves.byteSeconds, 4.0 * (4096 * 4096 + 8192) / 22e9);
}

TEST(Roofline, CopiesAtTheBandwidthOfWhatHoldsThem) {
  MachineDescription machine = testMachine();
  double l1 = 64 * 3.6e9;
  EXPECT_DOUBLE_EQ(copySeconds(4000, machine.l1Bytes, machine), 8000 / l1);
  EXPECT_DOUBLE_EQ(copySeconds(4000, machine.l2Bytes + 1, machine),
                   8000 / (l1 / 8));
}

TEST(Exponential, AgreesWithTheLibrary) {
  for (double x = -690; x < 690; x += 0.37)
    EXPECT_NEAR(exponential(x) / std::exp(x), 1, 1e-15) << x;
  EXPECT_EQ(exponential(0), 1);
  EXPECT_EQ(exponential(-1000), 0);
  EXPECT_TRUE(std::isinf(exponential(1000)));
  EXPECT_TRUE(std::isnan(exponential(NAN)));
}

TEST(Roofline, BytesAreThoseOfTheTypes) {
  const MachineDescription machine = testMachine();
  const ConvLayer layer = testLayer(4096, 4096, 1, 1);
  ConvTypes types;
  types.filter = ElementType::I8;
  const double bytes = 4096.0 * 4096 + 4 * 8192;
  EXPECT_DOUBLE_EQ(roofline({layer, types}, machine).byteSeconds,
                   bytes / bandwidthFor(bytes, machine));
  types.accumulator = ElementType::F64;
  EXPECT_DOUBLE_EQ(roofline({layer, types}, machine).flopSeconds,
                   2 * roofline(layer, machine).flopSeconds);
}
