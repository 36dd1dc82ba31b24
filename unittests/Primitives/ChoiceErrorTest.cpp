#include "convopt/Primitives/ChoiceError.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>
#include <random>

using namespace convopt;

namespace {

std::vector<SampledWeight> normalWeights(float scale) {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal(0, scale);
  std::vector<SampledWeight> sample(20000);
  for (SampledWeight &weight : sample)
    weight = {std::clamp(normal(generator), -3.3f * scale, 3.3f * scale),
              3.3f * scale};
  return sample;
}

TEST(WeightError, IsWhatIsAssumedOfNormalWeights) {
  for (Precision precision :
       {Precision::F16Weights, Precision::BF16Weights, Precision::I8Weights,
        Precision::BF16, Precision::F16}) {
    const double assumed = roundingError(precision).weights;
    EXPECT_NEAR(weightError(normalWeights(0.1f), precision), assumed,
                0.1 * assumed)
        << toString(precision).str();
  }
  EXPECT_EQ(weightError(normalWeights(1), Precision::Full), 0);
}

// Bytes have a step for each channel; numbers with exponents lose digits where
// they are too small, and overflow.
TEST(WeightError, DependsOnTheWeights) {
  EXPECT_EQ(weightError({{1, 1}, {-0.5, 1}}, Precision::F16Weights), 0);
  EXPECT_EQ(weightError({{127, 127}, {3, 127}, {2, 254}}, Precision::I8Weights),
            0);
  EXPECT_NEAR(weightError({{3, 254}}, Precision::I8Weights), 1.0 / 3, 1e-6);
  EXPECT_EQ(weightError({{0, 0}}, Precision::I8Weights), 0);
  EXPECT_GT(weightError({{1.3e-7f, 1}}, Precision::F16Weights), 0.05);
  EXPECT_LT(weightError({{1.3e-7f, 1}}, Precision::BF16Weights), 4e-3);
  EXPECT_TRUE(std::isinf(weightError({{0, 7e4}}, Precision::F16)));
  EXPECT_TRUE(std::isfinite(weightError({{0, 7e4}}, Precision::BF16Weights)));
}

// Those of half precision alone have a scale, for which no product pays.
TEST(WeightError, OfHalvesDoesNotDependOnTheChannelsSize) {
  const double usual = weightError(normalWeights(0.1f), Precision::F16Weights);
  for (float scale : {1e-5f, 1e-9f, 1e-3f, 1.5e-3f, 1e4f, 1e30f})
    EXPECT_NEAR(weightError(normalWeights(scale), Precision::F16Weights), usual,
                0.05 * usual)
        << scale;
  EXPECT_GT(weightError(normalWeights(1e-6f), Precision::F16), 10 * usual);
}

TEST(WeightUnit, OfHalvesIsAPowerOfTwoWhereTheyNeedOne) {
  for (float largest : {0x1p-8f, 0.1f, 1.0f, 0x1p8f, 0.0f,
                        std::numeric_limits<float>::infinity()})
    EXPECT_EQ(weightUnit(Precision::F16Weights, largest), 1) << largest;
  EXPECT_EQ(weightUnit(Precision::F16Weights, 0x1.8p-9f), 0x1p-8f);
  EXPECT_EQ(weightUnit(Precision::F16Weights, 300), 512);
  // It is a number that has an inverse.
  EXPECT_EQ(weightUnit(Precision::F16Weights, 0x1p-140f), 0x1p-126f);
  EXPECT_EQ(weightUnit(Precision::F16Weights, 3e38f), 0x1p127f);
  EXPECT_EQ(weightUnit(Precision::F16, 1e-5f), 1);
  EXPECT_EQ(weightUnit(Precision::I8Weights, 254), 2);
}

TEST(ErrorOf, IsOfOperandsAndArithmetic) {
  ConvLayer layer;
  layer.inChannels = 256;
  Choice choice{&getPrimitive("direct"), Layout::NHWC, Layout::NHWC, {}};
  const double own = choice.primitive->typicalError();
  EXPECT_EQ(typicalError(layer, choice).inputs, own);
  EXPECT_EQ(typicalError(layer, choice).weights, 0);
  EXPECT_LE(own, errorOf(choice));
  choice.variant.precision = Precision::BF16;
  const RoundingError error = typicalError(layer, choice);
  EXPECT_NEAR(error.inputs, roundingError(Precision::BF16).inputs, 1e-8);
  EXPECT_EQ(error.weights, roundingError(Precision::BF16).weights);
  // Short sums in half precision are rounded, too, as long as they last.
  choice.variant.precision = Precision::F16;
  const RoundingError half = roundingError(Precision::F16);
  EXPECT_NEAR(typicalError(layer, choice).inputs,
              std::hypot(half.inputs, half.sums), 1e-8);
  // Nine times as many products.
  choice.variant.precision = Precision::Full;
  layer.kernelHeight = layer.kernelWidth = 3;
  EXPECT_DOUBLE_EQ(typicalError(layer, choice).inputs, 3 * own);
  // The arithmetic of bytes is exact.
  const ConvTypes bytes{ElementType::U8, ElementType::I8, ElementType::I32,
                        ElementType::U8};
  choice.variant.precision = Precision::Full;
  EXPECT_EQ(typicalError({layer, bytes}, choice).inputs, 0);
}

TEST(ErrorOf, IsTypicallyBelowItsBound) {
  for (const Primitive *primitive : allPrimitives()) {
    EXPECT_LT(primitive->typicalError(), primitive->errorBound())
        << primitive->name().str();
    EXPECT_GT(primitive->typicalError(), primitive->errorBound() / 200)
        << primitive->name().str();
  }
}

} // namespace
