// Gains that are known beforehand, and that noise of size zero is none.

#include "Calibration/Calibration.h"
#include "ToolEnvironment.h"
#include "convopt/Driver/LoadModel.h"
#include "convopt/IR/Constants.h"
#include "convopt/Transforms/ChosenErrors.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/TargetSelect.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace convopt;

static constexpr int64_t channels = 64, side = 16, pixels = side * side;

/// A function of an image %x0; after 1x1 convolutions of random filters without
/// bias, %x1 and so on, it goes on with `rest`.
static std::string chain(int length, const std::string &rest) {
  std::string text = R"(
func.func @main(%x0: tensor<1x64x16x16xf32>, %if: tensor<i1>) -> RESULT {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x64x16x16xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x64x16x16xf32>) -> tensor<1x64x16x16xf32>
)";
  text.replace(
      text.find("RESULT"), 6,
      rest.substr(rest.find_last_of(':') + 2,
                  rest.find_last_of('}') - rest.find_last_of(':') - 2));
  for (int i = 0; i < length; ++i) {
    const std::string n = std::to_string(i), next = std::to_string(i + 1);
    text += "%f" + n + " = arith.constant dense<" + next +
            ".0> : tensor<64x64x1x1xf32>\n%x" + next +
            " = linalg.conv_2d_nchw_fchw ins(%x" + n + ", %f" + n +
            " : tensor<1x64x16x16xf32>, tensor<64x64x1x1xf32>) outs(%i : "
            "tensor<1x64x16x16xf32>) -> tensor<1x64x16x16xf32>\n";
  }
  return text + rest;
}

namespace {
struct Gains : testing::Test {
  CompileOptions options;
  ToolEnvironment environment{options};
  std::unique_ptr<mlir::MLIRContext> context = makeContext();
  std::mt19937 random{1};
  std::vector<std::vector<float>> filters;

  Gains() {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  }

  std::vector<float> normal(int64_t count, float size = 1) {
    std::normal_distribution<float> distribution(0, size);
    std::vector<float> numbers(count);
    for (float &number : numbers)
      number = distribution(random);
    return numbers;
  }

  /// The module of a chain, its filters by chance, each of the same norm.
  mlir::OwningOpRef<mlir::ModuleOp> parse(const std::string &text) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &*context);
    EXPECT_TRUE(module);
    module->walk([&](mlir::arith::ConstantOp op) {
      auto type = mlir::dyn_cast<mlir::RankedTensorType>(op.getType());
      if (!type || type.getNumElements() != channels * channels)
        return;
      mlir::OpBuilder builder(op);
      filters.push_back(normal(channels * channels, 1 / 8.0F));
      op.replaceAllUsesWith(
          createConstant(builder, op.getLoc(), type, "filter", filters.back()));
    });
    return module;
  }

  /// An image, and false.
  static Sample sample(const std::vector<float> &image) {
    const auto *bytes = reinterpret_cast<const char *>(image.data());
    return {Bytes(bytes, bytes + 4 * image.size()), Bytes(1)};
  }

  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<Calibration> prepare(const std::string &text,
                                       std::vector<Sample> samples,
                                       int64_t work = Calibration::usualWork) {
    module = parse(text);
    auto made = Calibration::prepare(*module, {samples, samples}, options,
                                     environment, work);
    EXPECT_TRUE(static_cast<bool>(made));
    return made ? std::move(*made) : nullptr;
  }
};
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
  auto together = [&](std::vector<ChosenError> errors) {
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

TEST_F(Gains, NoiseOfSizeZeroIsNone) {
  auto module = parse(chain(1, "return %x1 : tensor<1x64x16x16xf32>\n}"));
  KernelMemory kernels;
  auto model = llvm::cantFail(
      NoisyModel::compile(*module, options, environment, kernels));
  EXPECT_EQ(model->convolutions(), 1);
  const std::vector<float> image = normal(channels * pixels);
  std::vector<Bytes> outputs;
  ASSERT_TRUE(model->run(0, {0, 0}, {1, 2}, sample(image), outputs));
  ASSERT_EQ(outputs.size(), 1u);
  const auto *found = reinterpret_cast<const float *>(outputs[0].data());
  auto exact = [&](int64_t channel, int64_t pixel) {
    double sum = 0;
    for (int64_t c = 0; c < channels; ++c)
      sum += static_cast<double>(filters[0][channel * channels + c]) *
             image[c * pixels + pixel];
    return sum;
  };
  for (int64_t i = 0; i < channels * pixels; i += 37)
    EXPECT_NEAR(found[i], exact(i / pixels, i % pixels), 1e-5);
  // And of another size it is some, by the seed.
  std::vector<Bytes> noisy, again, other;
  ASSERT_TRUE(model->run(0, {0.5, 0}, {1, 2}, sample(image), noisy));
  ASSERT_TRUE(model->run(0, {0.5, 0}, {1, 3}, sample(image), again));
  ASSERT_TRUE(model->run(0, {0.5, 0}, {2, 2}, sample(image), other));
  EXPECT_NE(noisy, outputs);
  EXPECT_EQ(noisy, again);
  EXPECT_NE(noisy, other);
}

TEST_F(Gains, ErrorsAreThoseOfTheChoices) {
  // A window whose filter is transformed before it is rounded, and a product.
  std::string text = R"(
func.func @main(%x: tensor<1x64x16x16xf32>) -> tensor<1x64x14x14xf32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<1.0> : tensor<64x64x1x1xf32>
  %e = tensor.empty() : tensor<1x64x16x16xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x64x16x16xf32>) -> tensor<1x64x16x16xf32>
  %y = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise variant = "PRODUCT">} ins(%x, %f : tensor<1x64x16x16xf32>, tensor<64x64x1x1xf32>) outs(%i : tensor<1x64x16x16xf32>) -> tensor<1x64x16x16xf32>
  %g = arith.constant dense<0.1001> : tensor<64x64x3x3xf32>
  %d = tensor.empty() : tensor<1x64x14x14xf32>
  %j = linalg.fill ins(%zero : f32) outs(%d : tensor<1x64x14x14xf32>) -> tensor<1x64x14x14xf32>
  %z = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<winograd_f4x4_3x3 variant = "VARIANT">} ins(%y, %g : tensor<1x64x16x16xf32>, tensor<64x64x3x3xf32>) outs(%j : tensor<1x64x14x14xf32>) -> tensor<1x64x14x14xf32>
  return %z : tensor<1x64x14x14xf32>
})";
  const MachineDescription machine =
      llvm::cantFail(describeMachine({"x86-64", "", ""}));
  const Primitive &winograd = getPrimitive("winograd_f4x4_3x3");
  ConvProblem layer;
  layer.inHeight = layer.inWidth = 16;
  layer.outHeight = layer.outWidth = 14;
  layer.inChannels = layer.outChannels = 64;
  layer.kernelHeight = layer.kernelWidth = 3;
  auto errorsOf = [&](Precision precision) {
    const Choice choice =
        choicesOf(winograd, layer, machine, precision).front();
    ConvProblem product = layer;
    product.outHeight = product.outWidth = 16;
    product.kernelHeight = product.kernelWidth = 1;
    const Choice pointwise = choicesOf(getPrimitive("pointwise"), product,
                                       machine, Precision::F16Weights)
                                 .front();
    std::string with = text;
    with.replace(with.find("PRODUCT"), 7, toString(pointwise.variant.name()));
    with.replace(with.find("VARIANT"), 7, toString(choice.variant.name()));
    auto module = parse(with);
    return chosenErrors(*module->getOps<mlir::func::FuncOp>().begin(), machine);
  };
  const double rounded =
      weightError({{0.1001F, 0.1001F}}, Precision::F16Weights);
  ASSERT_GT(rounded, 0);
  auto errors = errorsOf(Precision::F16Weights);
  ASSERT_EQ(errors.size(), 2u);
  const double usual = roundingError(Precision::F16Weights).weights;
  EXPECT_NEAR(errors[0].error.weights, usual, 0.1 * usual);
  EXPECT_EQ(errors[0].precision, Precision::F16Weights);
  EXPECT_EQ(errors[1].precision, Precision::F16Weights);
  const Choice narrow =
      choicesOf(winograd, layer, machine, Precision::F16Weights).front();
  EXPECT_DOUBLE_EQ(errors[1].error.weights,
                   rounded * winograd.roundingGrowth(narrow.variant));
  // Also of what is not rounded: the transformations' own.
  errors = errorsOf(Precision::Full);
  EXPECT_EQ(errors[1].error.weights, 0);
  EXPECT_GE(errors[1].error.inputs, winograd.typicalError() / 4);
}
