// Which images may be stored as bf16 if all that read them read rounded
// numbers, and what rounding does to the program.

#include "convopt/Transforms/RoundedImages.h"
#include "SelectFixture.h"
#include "convopt/Transforms/NarrowImages.h"

using namespace convopt;

namespace {
/// A block of a residual network: %a is read by a convolution and added to what
/// comes of it.
struct RoundedImages : Select {
  static std::string residual(const std::string &variant,
                              const std::string &rest = "") {
    return R"(
#map = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x8x4x4xf32>, %f: tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32> {)" +
           std::string(kPrologue) + R"(
  %a = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
       ins(%x : tensor<1x8x4x4xf32>) outs(%e : tensor<1x8x4x4xf32>) {
  ^bb0(%p: f32, %o: f32):
    %m = arith.maximumf %p, %zero : f32
    linalg.yield %m : f32
  } -> tensor<1x8x4x4xf32>
  %y = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = ")" +
           variant +
           R"(">} ins(%a, %f : tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %s = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
       ins(%a, %y : tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) outs(%e : tensor<1x8x4x4xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.addf %p, %q : f32
    linalg.yield %m : f32
  } -> tensor<1x8x4x4xf32>)" +
           rest + R"(
  return %s : tensor<1x8x4x4xf32>
})";
  }

  /// A depthwise convolution of %a, of 512 bytes.
  static std::string depthwise(const std::string &choice) {
    return R"(
#map = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x4x4x8xf32>, %f: tensor<1x1x8xf32>, %e: tensor<1x4x4x8xf32>, %zero: f32) -> tensor<1x4x4x8xf32> {
  %a = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
       ins(%x : tensor<1x4x4x8xf32>) outs(%e : tensor<1x4x4x8xf32>) {
  ^bb0(%p: f32, %o: f32):
    %m = arith.maximumf %p, %zero : f32
    linalg.yield %m : f32
  } -> tensor<1x4x4x8xf32>
  %y = linalg.depthwise_conv_2d_nhwc_hwc {convopt.primitive = #convopt.primitive<)" +
           choice +
           R"(>} ins(%a, %f : tensor<1x4x4x8xf32>, tensor<1x1x8xf32>) outs(%e : tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
  return %y : tensor<1x4x4x8xf32>
})";
  }

  /// Two convolutions that are added, and a maximum of windows of one's image.
  static std::string sums(const std::string &first) {
    return R"(
#map = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @main(%x: tensor<1x8x4x4xf32>, %f: tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32> {)" +
           std::string(kPrologue) + R"(
  %y = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = ")" +
           first +
           R"(">} ins(%x, %f : tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %w = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "6x1-bf16">} ins(%x, %f : tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %s = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
       ins(%w, %y : tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) outs(%e : tensor<1x8x4x4xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.addf %p, %q : f32
    linalg.yield %m : f32
  } -> tensor<1x8x4x4xf32>
  return %s : tensor<1x8x4x4xf32>
})";
  }

  std::vector<int64_t> roundable(const std::string &text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    return roundableImages(main());
  }
  mlir::func::FuncOp main() {
    return *module->getOps<mlir::func::FuncOp>().begin();
  }
  /// The types of the image, and of what the sum reads of it.
  std::pair<mlir::Type, mlir::Type> typesRead() {
    std::pair<mlir::Type, mlir::Type> types;
    main().walk([&](mlir::linalg::LinalgOp op) {
      mlir::Type first = mlir::getElementTypeOrSelf(op->getOperand(0));
      if (op->hasAttr("convopt.primitive"))
        types.first = first;
      else if (op.getNumDpsInputs() == 2)
        types.second = first;
    });
    return types;
  }
};
} // namespace

TEST_F(RoundedImages, AreReadByAConvolutionThatRoundsThemAndElementwise) {
  EXPECT_EQ(roundable(residual("6x1-bf16")), std::vector<int64_t>{1});
  for (const char *other : {"6x1", "6x1-w16", "6x1-f16"})
    EXPECT_TRUE(roundable(residual(other)).empty()) << other;
}

TEST_F(RoundedImages, AreNoneThatSomebodyElseReads) {
  EXPECT_TRUE(roundable(residual("6x1-bf16", R"(
  %k = tensor.empty() : tensor<2x2xf32>
  %w = tensor.empty() : tensor<1x8x2x2xf32>
  %pool = linalg.pooling_nchw_sum {strides = dense<2> : vector<2xi64>} ins(%a, %k : tensor<1x8x4x4xf32>, tensor<2x2xf32>) outs(%w : tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>)"))
                  .empty());
}

TEST_F(RoundedImages, AreStoredAsHalvesForAllWhoReadThem) {
  const std::vector<int64_t> images = roundable(residual("6x1-bf16"));
  // Not without having been rounded: the sum would lose what it reads.
  narrowImages(*module);
  EXPECT_TRUE(typesRead().first.isF32() && typesRead().second.isF32());
  roundImages(main(), images);
  EXPECT_TRUE(mlir::succeeded(module->verify()));
  EXPECT_TRUE(typesRead().first.isF32());
  narrowImages(*module);
  EXPECT_TRUE(mlir::succeeded(module->verify()));
  EXPECT_TRUE(typesRead().first.isBF16() && typesRead().second.isBF16());
  int rounded = 0;
  main().walk([&](mlir::arith::TruncFOp) { ++rounded; });
  EXPECT_EQ(rounded, 1);
}

TEST_F(RoundedImages, AreThoseThatDepthwiseConvolutionsReadFromAfar) {
  const std::string lastly = " in = nhwc out = nhwc";
  EXPECT_TRUE(
      roundable(depthwise("depthwise variant = \"4x1\"" + lastly)).empty());
  const std::vector<int64_t> images = roundableForDepthwise(main(), 512);
  EXPECT_EQ(images, std::vector<int64_t>{1});
  EXPECT_TRUE(roundableForDepthwise(main(), 513).empty());
  narrowImages(*module);
  EXPECT_TRUE(typesRead().first.isF32());
  roundImages(main(), images);
  narrowImages(*module);
  EXPECT_TRUE(mlir::succeeded(module->verify()));
  EXPECT_TRUE(typesRead().first.isBF16());
}

TEST_F(RoundedImages, AreNoneOfHalfPrecisionThatDepthwiseConvolutionsRead) {
  roundable(depthwise("depthwise variant = \"4x1\" in = nhwc out = nhwc"));
  main().walk([](mlir::linalg::GenericOp op) {
    mlir::Operation *yield = op.getBody()->getTerminator();
    mlir::OpBuilder builder(yield);
    mlir::Value exact = yield->getOperand(0);
    mlir::Value half = builder.create<mlir::arith::TruncFOp>(
        op.getLoc(), builder.getF16Type(), exact);
    yield->setOperand(0, builder.create<mlir::arith::ExtFOp>(
                             op.getLoc(), exact.getType(), half));
  });
  narrowImages(*module);
  EXPECT_TRUE(typesRead().first.isF32());
}

TEST_F(RoundedImages, AreNoneThatOtherChoicesReadInSinglePrecision) {
  for (const char *other :
       {"depthwise variant = \"4x1-w16\" in = nhwc out = nhwc",
        "depthwise variant = \"4x1\" in = nchw out = nchw",
        "direct variant = \"4x1\" in = nhwc out = nhwc"}) {
    roundable(depthwise(other));
    EXPECT_TRUE(roundableForDepthwise(main(), 1).empty()) << other;
  }
}

TEST_F(RoundedImages, AreSumsInBf16ThatAreAddedToLaterOnes) {
  EXPECT_TRUE(roundable(sums("6x1-bf16")).empty());
  // The addition is in the kernel of its first operand's convolution.
  const std::vector<int64_t> found = roundableSums(main());
  EXPECT_EQ(found, std::vector<int64_t>{1});
  roundImages(main(), found);
  EXPECT_TRUE(mlir::succeeded(module->verify()));
  EXPECT_TRUE(typesRead().second.isF32());
  narrowImages(*module);
  EXPECT_TRUE(mlir::succeeded(module->verify()));
  int added = 0, rounded = 0;
  main().walk([&](mlir::linalg::GenericOp op) {
    if (op.getNumDpsInputs() != 2)
      return;
    ++added;
    EXPECT_TRUE(mlir::getElementTypeOrSelf(op.getInputs()[0]).isF32());
    EXPECT_TRUE(mlir::getElementTypeOrSelf(op.getInputs()[1]).isBF16());
  });
  main().walk([&](mlir::arith::TruncFOp) { ++rounded; });
  EXPECT_EQ(added, 1);
  EXPECT_EQ(rounded, 1);
}

TEST_F(RoundedImages, AreNoSumsThatAreExact) {
  for (const char *other : {"6x1", "6x1-w16", "6x1-f16"}) {
    roundable(sums(other));
    EXPECT_TRUE(roundableSums(main()).empty()) << other;
  }
}
