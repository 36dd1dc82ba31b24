#include "convopt/CostModel/Features.h"
#include "TestLayer.h"
#include <cmath>
#include <gtest/gtest.h>
#include <set>

using namespace convopt;

static Choice directChoice(int64_t pixels, int64_t vectors, int64_t strip) {
  Variant variant{pixels, vectors, strip, 4, 16};
  return {&getPrimitive("direct"), Layout::NHWC, Layout::NHWC, variant};
}

TEST(Features, NamesAreUniqueAndVersioned) {
  std::set<std::string> names;
  for (llvm::StringRef name : featureNames())
    EXPECT_TRUE(names.insert(name.str()).second) << name.str();
  EXPECT_EQ(names.size(), size_t(numFeatures));
  EXPECT_GE(featuresVersion().size(), 8u);
}

TEST(Features, GeometryOfAKnownLayer) {
  FeatureVector f = computeFeatures(testLayer(64, 80, 56, 3),
                                    directChoice(6, 2, 8), testMachine());
  EXPECT_EQ(f[F_multiply_adds], 64.0 * 80 * 56 * 56 * 9);
  EXPECT_EQ(f[F_reduction], 576);
  EXPECT_EQ(f[F_input_bytes], 4.0 * 64 * 56 * 56);
  EXPECT_EQ(f[F_filter_bytes], 4.0 * 64 * 80 * 9);
  EXPECT_DOUBLE_EQ(f[F_padding], 58.0 * 58 / (56 * 56) - 1);
  EXPECT_EQ(f[F_depthwise], 0);
}

TEST(Features, TilesThatDoNotDivideAreWaste) {
  FeatureVector f = computeFeatures(testLayer(64, 80, 56, 3),
                                    directChoice(6, 2, 16), testMachine());
  EXPECT_DOUBLE_EQ(f[F_column_fit], 56.0 / 60);
  EXPECT_DOUBLE_EQ(f[F_channel_fit], 80.0 / 96);
  EXPECT_DOUBLE_EQ(f[F_channel_lane_fit], 1);
  EXPECT_DOUBLE_EQ(f[F_strip_fit], 56.0 / 64);
  EXPECT_EQ(f[F_strips], 4);
  EXPECT_EQ(f[F_channel_tiles], 3);
  EXPECT_EQ(f[F_accumulators], 12);
  EXPECT_DOUBLE_EQ(f[F_register_use], 15.0 / 32);
}

TEST(Features, ChannelMajorResultsSwapTheTile) {
  Choice choice = directChoice(6, 2, 4);
  choice.primitive = &getPrimitive("im2col");
  choice.input = choice.output = Layout::NCHW;
  FeatureVector f =
      computeFeatures(testLayer(64, 80, 14, 3), choice, testMachine());
  EXPECT_EQ(f[F_channel_tile], 6);
  EXPECT_EQ(f[F_pixel_tile], 32);
  EXPECT_DOUBLE_EQ(f[F_channel_fit], 80.0 / 84);
  EXPECT_DOUBLE_EQ(f[F_strip_pixel_fit], 56.0 / 64);
  EXPECT_EQ(f[F_strips], 4);
  EXPECT_DOUBLE_EQ(f[F_width_tile_fit], 14.0 / 32);
  EXPECT_DOUBLE_EQ(f[F_row_tile_fit], 14.0 / 18);
}

TEST(Features, PointwiseStripsAreOfPixels) {
  Choice choice = directChoice(6, 2, 49);
  choice.primitive = &getPrimitive("pointwise");
  FeatureVector f =
      computeFeatures(testLayer(64, 80, 14, 1), choice, testMachine());
  EXPECT_EQ(f[F_strips], 4);
  EXPECT_EQ(f[F_strip_pixels], 49);
  EXPECT_DOUBLE_EQ(f[F_strip_input_per_l1], 4.0 * 64 * 14 * 4 / 32768);
}

TEST(Features, AllChoicesHaveFiniteOnes) {
  ConvLayer layer = testLayer(32, 32, 28, 3);
  MachineDescription machine = testMachine();
  for (const Choice &choice : allChoices(layer, machine)) {
    FeatureVector f = computeFeatures(layer, choice, machine);
    for (double value : f)
      EXPECT_TRUE(std::isfinite(value)) << toString(choice);
  }
}

TEST(Features, WinogradCountsItsProducts) {
  Choice choice = directChoice(6, 2, 0);
  choice.primitive = &getPrimitive("winograd_f4x4_3x3");
  // 7 columns make 2 tiles of 4: 49 of 64 outputs are wanted, 36 products each
  // 16 outputs instead of 144.
  if (!choice.primitive->supports(testLayer(32, 32, 7, 3)))
    GTEST_SKIP();
  FeatureVector f =
      computeFeatures(testLayer(32, 32, 7, 3), choice, testMachine());
  EXPECT_DOUBLE_EQ(f[F_winograd_fit], 49.0 / 64);
  EXPECT_DOUBLE_EQ(f[F_primitive_work], 0.25 * 64 / 49);
}

TEST(Features, StrassenSavesAnEighth) {
  Choice choice = directChoice(6, 2, 0);
  choice.primitive = &getPrimitive("strassen");
  choice.variant.strip = 98;
  FeatureVector f =
      computeFeatures(testLayer(256, 256, 14, 1), choice, testMachine());
  EXPECT_DOUBLE_EQ(f[F_primitive_work], 7.0 / 8);
  EXPECT_EQ(f[F_strips], 2);
}

// A tile of 8 pixels; Zen 4's L1 has 64 sets of 8 lines of 64 bytes.
TEST(Features, PixelsApartByPowersOfTwoShareSetsOfTheCache) {
  auto lines = [](int64_t channels, int64_t kernel, Layout input = Layout::NHWC,
                  const char *cpu = "znver4") {
    Choice choice = directChoice(8, 2, 0);
    choice.input = input;
    FeatureVector f = computeFeatures(testLayer(channels, 64, 16, kernel),
                                      choice, testMachine(cpu));
    return std::pair(f[F_tile_set_lines], f[F_window_set_lines]);
  };
  // 4 KB apart: all in one set; windows of 3 rows of 10 pixels.
  EXPECT_EQ(lines(1024, 3), std::pair(1.0, 30.0 / 8));
  // Half as far: in two.
  EXPECT_EQ(lines(512, 3), std::pair(4.0 / 8, 15.0 / 8));
  // 17 lines apart: none meet, but of rows that are 272 lines apart.
  EXPECT_EQ(lines(272, 1), std::pair(1.0 / 8, 1.0 / 8));
  EXPECT_EQ(lines(1024, 3, Layout::NCHW), std::pair(0.0, 0.0));
  // Twelve ways of 48 KB.
  EXPECT_EQ(lines(1024, 3, Layout::NHWC, "icelake-server"),
            std::pair(8.0 / 12, 30.0 / 12));
}

TEST(Features, NoFeatureTellsLanesFromHalfAVector) {
  // Eight lanes are all of AVX2 and half of AVX-512.
  Choice choice = directChoice(6, 2, 0);
  choice.variant.lanes = 8;
  ConvLayer layer = testLayer(64, 64, 14, 3);
  FeatureVector all = computeFeatures(layer, choice, testMachine("haswell"));
  FeatureVector half = computeFeatures(layer, choice, testMachine("znver4"));
  EXPECT_EQ(all[F_lane_use], 1);
  EXPECT_EQ(half[F_lane_use], 0.5);
  EXPECT_FALSE(llvm::is_contained(featureNames(), "lanes"));
}

TEST(Features, TheMachineIsSeen) {
  ConvLayer layer = testLayer(64, 64, 14, 3);
  FeatureVector wide =
      computeFeatures(layer, directChoice(6, 2, 8), testMachine("znver4"));
  FeatureVector narrow =
      computeFeatures(layer, directChoice(6, 2, 8), testMachine("haswell"));
  EXPECT_EQ(wide[F_vector_bits], 2 * narrow[F_vector_bits]);
  EXPECT_EQ(wide[F_packed_per_l2] * 4, narrow[F_packed_per_l2]);
  EXPECT_EQ(wide[F_lane_use], 1);
}
