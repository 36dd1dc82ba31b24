// Which arrays are samples of which inputs.

#include "Calibration/Samples.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace convopt;

static const std::vector<TensorInfo> image{{"x", "f32", {2, 3}}};
static const std::vector<TensorInfo> two{{"x", "f32", {2, 3}},
                                         {"mask", "bool", {1}}};

/// Bytes that count.
static NamedArray array(std::string name, std::string type,
                        std::vector<int64_t> dims) {
  size_t bytes = elementBytes(type);
  for (int64_t size : dims)
    bytes *= size;
  Bytes data;
  for (size_t i = 0; i < bytes; ++i)
    data.push_back(static_cast<char>(i));
  return {std::move(name), {std::move(type), std::move(dims), std::move(data)}};
}

static std::vector<Sample> samples(const std::vector<NamedArray> &arrays,
                                   const std::vector<TensorInfo> &inputs) {
  auto found = samplesFrom(arrays, inputs, /*most=*/8);
  if (found)
    return *found;
  ADD_FAILURE() << toString(found.takeError());
  return {};
}

static std::string errorOf(const std::vector<NamedArray> &arrays,
                           const std::vector<TensorInfo> &inputs) {
  auto found = samplesFrom(arrays, inputs, /*most=*/8);
  return found ? "" : toString(found.takeError());
}

TEST(Samples, AreOneOrSeveralInAnArray) {
  EXPECT_EQ(samples({array("x", "f32", {2, 3})}, image).size(), 1u);
  EXPECT_EQ(samples({array("x", "f32", {1, 2, 3})}, image).size(), 1u);
  auto stacked = samples({array("x", "f32", {5, 2, 3})}, image);
  ASSERT_EQ(stacked.size(), 5u);
  EXPECT_EQ(stacked[4].at(0).size(), 24u);
  EXPECT_EQ(stacked[4][0][0], 4 * 24);
  auto batches = samples({array("x", "f32", {6, 3})}, image);
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_EQ(batches[2][0][0], 2 * 24);
  EXPECT_EQ(samples({array("x", "f32", {50, 2, 3})}, image).size(), 8u);
}

TEST(Samples, GoByNameWhereThereIsAChoice) {
  EXPECT_EQ(samples({array("arr_0", "f32", {2, 3})}, image).size(), 1u);
  EXPECT_EQ(samples({array("y", "f32", {1}), array("x", "f32", {2, 3})}, image)
                .size(),
            1u);
  auto both =
      samples({array("mask", "bool", {1}), array("x", "f32", {2, 2, 3})}, two);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[1].at(0)[0], 24);
  EXPECT_EQ(both[1].at(1).size(), 1u);
}

TEST(Samples, MustFit) {
  EXPECT_EQ(errorOf({array("x", "f32", {2, 3})}, two),
            "no array 'mask' for that input of the model");
  EXPECT_EQ(errorOf({array("x", "f64", {2, 3})}, image),
            "array 'x' is f64 of 2x3; input 'x' is f32 of 2x3");
  EXPECT_EQ(errorOf({array("x", "f32", {3, 3})}, image),
            "array 'x' is f32 of 3x3; input 'x' is f32 of 2x3");
  EXPECT_EQ(errorOf({array("x", "f32", {})}, image),
            "array 'x' is f32 of one element; input 'x' is f32 of 2x3");
  EXPECT_EQ(errorOf({array("x", "f32", {0, 2, 3})}, image),
            "array 'x' holds no sample");
  EXPECT_EQ(
      errorOf({array("x", "f32", {3, 2, 3}), array("mask", "bool", {2})}, two),
      "array 'mask' holds 2 samples, another 3");
}

TEST(Samples, ByChanceAreTheSameEveryTimeAndNormal) {
  const std::vector<TensorInfo> inputs{{"x", "f32", {1, 3, 64, 64}},
                                       {"t", "i64", {16}},
                                       {"h", "f16", {8}},
                                       {"none", "f32", {0, 4}}};
  auto made = randomSamples(inputs, 2);
  EXPECT_EQ(made, randomSamples(inputs, 2));
  ASSERT_EQ(made.size(), 2u);
  EXPECT_NE(made[0], made[1]);
  const Bytes &bytes = made[0].at(0);
  ASSERT_EQ(bytes.size(), 4u * 3 * 64 * 64);
  const auto *numbers = reinterpret_cast<const float *>(bytes.data());
  double squares = 0, mean = 0;
  for (int i = 0; i < 3 * 64 * 64; ++i) {
    squares += numbers[i] * numbers[i] / (3 * 64 * 64);
    mean += numbers[i] / (3 * 64 * 64);
  }
  EXPECT_LT(std::abs(mean), 1);
  EXPECT_GT(squares, 0.3);
  EXPECT_LT(squares, 3);
  for (size_t i = 1; i < 8; ++i) // The upper bytes of an integer.
    EXPECT_EQ(made[0].at(1)[i], 0);
  EXPECT_EQ(made[0].at(2).size(), 16u);
  EXPECT_TRUE(made[0].at(3).empty());
}
