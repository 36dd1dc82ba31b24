// Gains that are known beforehand.

#include "CalibrationFixture.h"
#include "convopt/Transforms/ChosenErrors.h"
#include <cmath>

using namespace convopt;

namespace {
using Gains = Calibrated;
} // namespace

static const char *const end = "return %x2 : tensor<1x64x16x16xf32>\n}";

TEST_F(Gains, AreOneInAChainOfProducts) {
  auto calibration =
      prepare(chain(2, end), {sample(normal(channels * pixels))});
  auto gains = llvm::cantFail(calibration->measure());
  ASSERT_EQ(gains.size(), 2u);
  for (const ErrorGain &gain : gains) {
    EXPECT_NEAR(gain.inputs, 1, 0.1);
    EXPECT_NEAR(gain.weights, 1, 0.3);
  }
}

TEST_F(Gains, OfInputsShrinkWhereAPlaneIsAveraged) {
  // All pixels alike, so that what is averaged stays as it is.
  std::vector<float> image, pixel = normal(channels);
  for (float channel : pixel)
    image.insert(image.end(), pixels, channel);
  const std::string rest = R"(
  %s = tensor.empty() : tensor<1x64xf32>
  %t = linalg.fill ins(%zero : f32) outs(%s : tensor<1x64xf32>) -> tensor<1x64xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>, affine_map<(n, c, h, w) -> (n, c)>], iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%x1 : tensor<1x64x16x16xf32>) outs(%t : tensor<1x64xf32>) {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    linalg.yield %c : f32
  } -> tensor<1x64xf32>
  return %m : tensor<1x64xf32>
})";
  auto calibration = prepare(chain(1, rest), {sample(image)});
  auto gains = llvm::cantFail(calibration->measure());
  ASSERT_EQ(gains.size(), 1u);
  EXPECT_NEAR(gains[0].inputs, 1.0 / side, 0.3 / side);
  EXPECT_NEAR(gains[0].weights, 1, 0.3);
}

TEST_F(Gains, OfSingleChannelsSeeWeightsApart) {
  // Each weight is off by itself, and what they give is their difference: the
  // error has the norm of (1, -0.5), the result is 0.5.
  std::string filter;
  for (int64_t i = 0; i < channels; ++i)
    filter += (i ? ", " : "") + std::string("[[1.0, -0.5]]");
  const std::string text = R"(
func.func @main(%x: tensor<1x64x16x16xf32>) -> tensor<1x64x16x15xf32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<[)" +
                           filter + R"(]> : tensor<64x1x2xf32>
  %e = tensor.empty() : tensor<1x64x16x15xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x64x16x15xf32>) -> tensor<1x64x16x15xf32>
  %y = linalg.depthwise_conv_2d_nchw_chw ins(%x, %f : tensor<1x64x16x16xf32>, tensor<64x1x2xf32>) outs(%i : tensor<1x64x16x15xf32>) -> tensor<1x64x16x15xf32>
  return %y : tensor<1x64x16x15xf32>
})";
  const std::vector<float> ones(channels * pixels, 1);
  Sample given = sample(ones);
  given.pop_back();
  auto calibration = prepare(text, {given});
  auto gains = llvm::cantFail(calibration->measure());
  ASSERT_EQ(gains.size(), 1u);
  EXPECT_NEAR(gains[0].weights, std::hypot(1, 0.5) / 0.5, 0.4);
  EXPECT_NEAR(gains[0].inputs, std::hypot(1, 0.5) / 0.5, 0.4);
}

TEST_F(Gains, AddUpInSquares) {
  auto calibration =
      prepare(chain(2, end), {sample(normal(channels * pixels))});
  auto together = [&](const std::vector<ChosenError> &errors) {
    return llvm::cantFail(calibration->together(errors)).front();
  };
  EXPECT_EQ(together({{}, {}}), 0);
  EXPECT_NEAR(together({{{0.003, 0}}, {{0.004, 0}}}), 0.005, 0.0005);
}

// What weights lose is the same for all inputs, and known.
TEST_F(Gains, OfRoundedWeightsAreShownByThem) {
  auto calibration = prepare(chain(1, "return %x1 : tensor<1x64x16x16xf32>\n}"),
                             {sample(normal(channels * pixels))});
  const RoundingError bytes = roundingError(Precision::I8Weights);
  auto errors = llvm::cantFail(
      calibration->together({{{0, bytes.weights}, Precision::I8Weights, 1}}));
  // Of so few weights the largest is not as large.
  EXPECT_NEAR(errors[0], bytes.weights, 0.3 * bytes.weights);
  const double once = errors[0];
  errors = llvm::cantFail(
      calibration->together({{{0, bytes.weights}, Precision::I8Weights, 3}}));
  EXPECT_NEAR(errors[0], 3 * once, 1e-3 * once);
  errors = llvm::cantFail(calibration->together(
      {{{bytes.weights, bytes.weights}, Precision::I8Weights, 1}}));
  EXPECT_NEAR(errors[0], std::hypot(once, bytes.weights), 0.1 * once);
}

// The one image, what the first convolution makes made positive, is read by an
// addition, too.
TEST_F(Gains, RoundedImagesAreShownByThem) {
  const std::string rest = R"(
  %y = linalg.generic {indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x1 : tensor<1x64x16x16xf32>) outs(%e : tensor<1x64x16x16xf32>) {
  ^bb0(%p: f32, %o: f32):
    %m = arith.maximumf %p, %zero : f32
    linalg.yield %m : f32
  } -> tensor<1x64x16x16xf32>
  return %y : tensor<1x64x16x16xf32>
})";
  auto calibration =
      prepare(chain(1, rest), {sample(normal(channels * pixels))});
  const std::vector<ChosenError> none(1);
  EXPECT_EQ(llvm::cantFail(calibration->together(none)).front(), 0);
  const double error = llvm::cantFail(calibration->together(none, {0})).front();
  EXPECT_GT(error, 5e-4);
  EXPECT_LT(error, 3e-3);
}

TEST_F(Gains, AreMeasuredOnOtherSamplesThanAPlanIsCheckedOn) {
  module = parse(chain(1, "return %x1 : tensor<1x64x16x16xf32>\n}"));
  const Sample one = sample(normal(channels * pixels)),
               two = sample(normal(channels * pixels));
  auto calibration = llvm::cantFail(Calibration::prepare(
      *module, {{one}, {two, one, two}}, options, environment));
  auto errors = llvm::cantFail(calibration->together({{{0.01, 0}}}));
  ASSERT_EQ(errors.size(), 3u);
  // The same input, too, has other noise.
  EXPECT_NE(errors[0], errors[2]);
  for (double error : errors)
    EXPECT_NEAR(error, 0.01, 0.002);
}

TEST(LikelyWorst, IsAboveAllThatAreThere) {
  EXPECT_EQ(likelyWorst({0, 0}), 0);
  EXPECT_EQ(likelyWorst({0, 0.5}), 0.5);
  EXPECT_DOUBLE_EQ(likelyWorst({0.25, 0.25, 0.25}), 0.25);
  // Logarithms with a standard deviation of 1 around 0.
  EXPECT_NEAR(likelyWorst({std::exp(-1.0), 1, std::exp(1.0)}), std::exp(3.0),
              1e-9);
  // One that is far away counts itself.
  std::vector<double> many(100, 1);
  many.back() = 1000;
  EXPECT_EQ(likelyWorst(many), 1000);
}

TEST_F(Gains, OfNeighboursAreTheSameToSaveWork) {
  // Three convolutions of a million multiplications each.
  constexpr int64_t million = channels * channels * pixels;
  const std::string rest = "return %x3 : tensor<1x64x16x16xf32>\n}";
  auto calibration =
      prepare(chain(3, rest), {sample(normal(channels * pixels))},
              /*work=*/9 * million);
  auto gains = llvm::cantFail(calibration->measure());
  ASSERT_EQ(gains.size(), 3u);
  EXPECT_EQ(gains[0].inputs, gains[1].inputs);
  EXPECT_EQ(gains[0].weights, gains[1].weights);
  EXPECT_NE(gains[1].inputs, gains[2].inputs);
  for (const ErrorGain &gain : gains)
    EXPECT_NEAR(gain.inputs, 1, 0.1);
}

TEST_F(Gains, OfABranchThatIsNotTakenAreOne) {
  const std::string rest = R"(
  %c = tensor.extract %if[] : tensor<i1>
  %y = scf.if %c -> tensor<1x64x16x16xf32> {
    %f = arith.constant dense<0.5> : tensor<64x64x1x1xf32>
    %z = linalg.conv_2d_nchw_fchw ins(%x1, %f : tensor<1x64x16x16xf32>, tensor<64x64x1x1xf32>) outs(%i : tensor<1x64x16x16xf32>) -> tensor<1x64x16x16xf32>
    scf.yield %z : tensor<1x64x16x16xf32>
  } else {
    scf.yield %x1 : tensor<1x64x16x16xf32>
  }
  return %y : tensor<1x64x16x16xf32>
})";
  auto calibration =
      prepare(chain(1, rest), {sample(normal(channels * pixels))});
  auto gains = llvm::cantFail(calibration->measure());
  ASSERT_EQ(gains.size(), 2u);
  EXPECT_NEAR(gains[0].inputs, 1, 0.1);
  EXPECT_EQ(gains[1].inputs, 1);
  EXPECT_EQ(gains[1].weights, 1);
}

TEST_F(Gains, NeedOutputsThatHaveErrors) {
  const std::string rest = R"(
  %s = tensor.empty() : tensor<1x64x16x16xi32>
  %m = linalg.generic {indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>, affine_map<(n, c, h, w) -> (n, c, h, w)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x1 : tensor<1x64x16x16xf32>) outs(%s : tensor<1x64x16x16xi32>) {
  ^bb0(%a: f32, %b: i32):
    %c = arith.fptosi %a : f32 to i32
    linalg.yield %c : i32
  } -> tensor<1x64x16x16xi32>
  return %m : tensor<1x64x16x16xi32>
})";
  auto module = parse(chain(1, rest));
  auto made = Calibration::prepare(
      *module, {{sample(normal(channels * pixels))}, {}}, options, environment);
  ASSERT_FALSE(made);
  EXPECT_EQ(toString(made.takeError()),
            "it has no output of floating-point numbers");
  std::vector<float> infinite(channels * pixels, INFINITY);
  made = Calibration::prepare(*parse(chain(2, end)), {{sample(infinite)}, {}},
                              options, environment);
  ASSERT_FALSE(made);
  EXPECT_EQ(toString(made.takeError()), "its outputs are zero or not finite");
}
