#include "convopt/IR/InferConvLayer.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace convopt;

namespace {

/// Parses `source`, one function, and matches its last linalg op but fills.
class InferConvLayer : public ::testing::Test {
protected:
  InferConvLayer() {
    context.loadDialect<arith::ArithDialect, func::FuncDialect,
                        linalg::LinalgDialect, tensor::TensorDialect>();
  }

  std::optional<ConvOp> match(StringRef source) {
    module = parseSourceString<ModuleOp>(source, &context);
    std::optional<ConvOp> found;
    if (module)
      module->walk([&](linalg::LinalgOp op) {
        if (!isa<linalg::FillOp>(op))
          found = matchConvolution(op);
      });
    EXPECT_TRUE(module);
    return found;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

std::string filterDims(const ConvOp &conv) {
  return std::string(conv.filterDims.begin(), conv.filterDims.end());
}

/// A convolution of bytes, 3x3 on a padded image of 4x4 and 8 channels, the
/// factors extended as `a` and `b`.
std::string convolutionOfBytes(StringRef a, StringRef b, StringRef pad) {
  return llvm::formatv(R"(
    #x = affine_map<(n, y, x, k, c, r, s) -> (n, y + r, x + s, c)>
    #f = affine_map<(n, y, x, k, c, r, s) -> (k, c, r, s)>
    #y = affine_map<(n, y, x, k, c, r, s) -> (n, y, x, k)>
    func.func @f(%i: tensor<1x4x4x8xi8>, %f: tensor<5x8x3x3xi8>, %o: tensor<1x4x4x5xi32>) -> tensor<1x4x4x5xi32> {{
      %z = arith.constant {2} : i8
      %p = tensor.pad %i low[0, 1, 1, 0] high[0, 1, 1, 0] {{
      ^bb0(%d0: index, %d1: index, %d2: index, %d3: index):
        tensor.yield %z : i8
      } : tensor<1x4x4x8xi8> to tensor<1x6x6x8xi8>
      %0 = linalg.generic {{indexing_maps = [#x, #f, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
        ins(%p, %f : tensor<1x6x6x8xi8>, tensor<5x8x3x3xi8>) outs(%o : tensor<1x4x4x5xi32>) {{
      ^bb0(%a: i8, %b: i8, %s: i32):
        %q = arith.{0} %a : i8 to i32
        %w = arith.{1} %b : i8 to i32
        %m = arith.muli %w, %q : i32
        %t = arith.addi %m, %s : i32
        linalg.yield %t : i32
      } -> tensor<1x4x4x5xi32>
      return %0 : tensor<1x4x4x5xi32>
    })",
                       a, b, pad);
}

TEST_F(InferConvLayer, BytesHaveTheSignOfTheirExtension) {
  auto conv = match(convolutionOfBytes("extui", "extsi", "-3"));
  ASSERT_TRUE(conv);
  EXPECT_TRUE(conv->layer.types ==
              (ConvTypes{ElementType::U8, ElementType::I8, ElementType::I32,
                         ElementType::U8}));
  // Any number may surround bytes: 253 without a sign.
  EXPECT_EQ(conv->layer.padTop, 1);
  EXPECT_EQ(conv->padValue, 253);
  conv = match(convolutionOfBytes("extsi", "extsi", "-3"));
  ASSERT_TRUE(conv);
  EXPECT_EQ(conv->layer.types.input, ElementType::I8);
  EXPECT_EQ(conv->padValue, -3);
}

TEST_F(InferConvLayer, NchwStridedDilated) {
  auto conv = match(R"(
    func.func @f(%i: tensor<2x3x21x25xf32>, %f: tensor<5x3x3x2xf32>, %o: tensor<2x5x9x8xf32>) -> tensor<2x5x9x8xf32> {
      %0 = linalg.conv_2d_nchw_fchw {strides = dense<[2, 3]> : vector<2xi64>, dilations = dense<[2, 1]> : vector<2xi64>}
        ins(%i, %f : tensor<2x3x21x25xf32>, tensor<5x3x3x2xf32>) outs(%o : tensor<2x5x9x8xf32>) -> tensor<2x5x9x8xf32>
      return %0 : tensor<2x5x9x8xf32>
    })");
  ASSERT_TRUE(conv);
  ConvProblem expected;
  expected.batch = 2, expected.inChannels = 3, expected.outChannels = 5;
  expected.inHeight = 21, expected.inWidth = 25;
  expected.outHeight = 9, expected.outWidth = 8;
  expected.kernelHeight = 3, expected.kernelWidth = 2;
  expected.strideHeight = 2, expected.strideWidth = 3;
  expected.dilationHeight = 2;
  EXPECT_TRUE(conv->layer == expected);
  EXPECT_EQ(conv->inputLayout, Layout::NCHW);
  EXPECT_EQ(conv->outputLayout, Layout::NCHW);
  EXPECT_EQ(filterDims(*conv), "kcrs");
}

TEST_F(InferConvLayer, NhwcFilterOrders) {
  auto hwcf = match(R"(
    func.func @f(%i: tensor<1x9x9x4xf32>, %f: tensor<3x3x4x8xf32>, %o: tensor<1x7x7x8xf32>) -> tensor<1x7x7x8xf32> {
      %0 = linalg.conv_2d_nhwc_hwcf ins(%i, %f : tensor<1x9x9x4xf32>, tensor<3x3x4x8xf32>) outs(%o : tensor<1x7x7x8xf32>) -> tensor<1x7x7x8xf32>
      return %0 : tensor<1x7x7x8xf32>
    })");
  ASSERT_TRUE(hwcf);
  EXPECT_EQ(hwcf->inputLayout, Layout::NHWC);
  EXPECT_EQ(hwcf->outputLayout, Layout::NHWC);
  EXPECT_EQ(filterDims(*hwcf), "rsck");
  auto fhwc = match(R"(
    func.func @f(%i: tensor<1x9x9x4xf32>, %f: tensor<8x3x3x4xf32>, %o: tensor<1x7x7x8xf32>) -> tensor<1x7x7x8xf32> {
      %0 = linalg.conv_2d_nhwc_fhwc ins(%i, %f : tensor<1x9x9x4xf32>, tensor<8x3x3x4xf32>) outs(%o : tensor<1x7x7x8xf32>) -> tensor<1x7x7x8xf32>
      return %0 : tensor<1x7x7x8xf32>
    })");
  ASSERT_TRUE(fhwc);
  EXPECT_EQ(filterDims(*fhwc), "krsc");
  EXPECT_TRUE(fhwc->layer == hwcf->layer);
}

TEST_F(InferConvLayer, TypesAreThoseOfTheTensors) {
  constexpr const char *source = R"(
    func.func @f(%i: tensor<1x9x9x4x{0}>, %f: tensor<3x3x4x8x{0}>, %o: tensor<1x7x7x8x{0}>) -> tensor<1x7x7x8x{0}> {
      %0 = linalg.conv_2d_nhwc_hwcf ins(%i, %f : tensor<1x9x9x4x{0}>, tensor<3x3x4x8x{0}>) outs(%o : tensor<1x7x7x8x{0}>) -> tensor<1x7x7x8x{0}>
      return %0 : tensor<1x7x7x8x{0}>
    })";
  auto of = [&](StringRef type) {
    std::string text(source);
    for (size_t at; (at = text.find("{0}")) != std::string::npos;)
      text.replace(at, 3, type);
    return match(text);
  };
  auto single = of("f32");
  ASSERT_TRUE(single);
  EXPECT_TRUE(single->layer.types == ConvTypes());
  for (ElementType type :
       {ElementType::F64, ElementType::F16, ElementType::BF16}) {
    auto conv = of(toString(type));
    ASSERT_TRUE(conv);
    EXPECT_TRUE(conv->layer.types == (ConvTypes{type, type, type, type}));
    EXPECT_FALSE(conv->layer == single->layer);
  }
  EXPECT_FALSE(of("f8E5M2"));
}

TEST_F(InferConvLayer, GroupedAndDepthwise) {
  auto grouped = match(R"(
    func.func @f(%i: tensor<1x4x2x9x9xf32>, %f: tensor<4x3x2x3x3xf32>, %o: tensor<1x4x3x7x7xf32>) -> tensor<1x4x3x7x7xf32> {
      %0 = linalg.conv_2d_ngchw_gfchw ins(%i, %f : tensor<1x4x2x9x9xf32>, tensor<4x3x2x3x3xf32>) outs(%o : tensor<1x4x3x7x7xf32>) -> tensor<1x4x3x7x7xf32>
      return %0 : tensor<1x4x3x7x7xf32>
    })");
  ASSERT_TRUE(grouped);
  EXPECT_EQ(grouped->layer.groups, 4);
  EXPECT_EQ(grouped->layer.inChannels, 2);
  EXPECT_EQ(grouped->layer.outChannels, 3);
  EXPECT_EQ(filterDims(*grouped), "gkcrs");
  EXPECT_FALSE(grouped->layer.isDepthwise());

  auto depthwise = match(R"(
    func.func @f(%i: tensor<1x9x9x8xf32>, %f: tensor<3x3x8xf32>, %o: tensor<1x7x7x8xf32>) -> tensor<1x7x7x8xf32> {
      %0 = linalg.depthwise_conv_2d_nhwc_hwc ins(%i, %f : tensor<1x9x9x8xf32>, tensor<3x3x8xf32>) outs(%o : tensor<1x7x7x8xf32>) -> tensor<1x7x7x8xf32>
      return %0 : tensor<1x7x7x8xf32>
    })");
  ASSERT_TRUE(depthwise);
  EXPECT_TRUE(depthwise->layer.isDepthwise());
  EXPECT_EQ(depthwise->layer.groups, 8);
  EXPECT_EQ(depthwise->inputLayout, Layout::NHWC);
  EXPECT_EQ(filterDims(*depthwise), "rsg");
}

constexpr const char *padded = R"(
  func.func @f(%i: tensor<1x4x6x7xf32>, %f: tensor<8x4x3x3xf32>, %o: tensor<1x8x7x8xf32>) -> (tensor<1x8x7x8xf32>{0}) {{
    %z = arith.constant {1} : f32
    %p = tensor.pad %i low[0, 0, 1, 0] high[0, 0, 2, 3] {{
    ^bb0(%a: index, %b: index, %c: index, %d: index):
      tensor.yield %z : f32
    } : tensor<1x4x6x7xf32> to tensor<1x4x9x10xf32>
    %0 = linalg.conv_2d_nchw_fchw ins(%p, %f : tensor<1x4x9x10xf32>, tensor<8x4x3x3xf32>) outs(%o : tensor<1x8x7x8xf32>) -> tensor<1x8x7x8xf32>
    return %0{2} : tensor<1x8x7x8xf32>{0}
  })";

TEST_F(InferConvLayer, ZeroPaddingBelongsToTheLayer) {
  auto conv = match(llvm::formatv(padded, "", "0.0", "").str());
  ASSERT_TRUE(conv);
  EXPECT_TRUE(conv->pad);
  EXPECT_EQ(conv->layer.inHeight, 6);
  EXPECT_EQ(conv->layer.inWidth, 7);
  EXPECT_EQ(conv->layer.padTop, 1);
  EXPECT_EQ(conv->layer.padBottom, 2);
  EXPECT_EQ(conv->layer.padLeft, 0);
  EXPECT_EQ(conv->layer.padRight, 3);
}

TEST_F(InferConvLayer, OtherPaddingDoesNot) {
  auto ones = match(llvm::formatv(padded, "", "1.0", "").str());
  ASSERT_TRUE(ones);
  EXPECT_FALSE(ones->pad);
  EXPECT_EQ(ones->layer.inHeight, 9);
  auto shared = match(
      llvm::formatv(padded, ", tensor<1x4x9x10xf32>", "0.0", ", %p").str());
  ASSERT_TRUE(shared);
  EXPECT_FALSE(shared->pad);
}

TEST_F(InferConvLayer, GenericWithOtherBodyIsNone) {
  constexpr const char *generic = R"(
    #in = affine_map<(n, f, h, w, c, r, s) -> (n, h + r, w + s, c)>
    #filter = affine_map<(n, f, h, w, c, r, s) -> (f, c, r, s)>
    #out = affine_map<(n, f, h, w, c, r, s) -> (n, f, h, w)>
    func.func @f(%i: tensor<1x9x9x4xf32>, %f: tensor<8x4x3x3xf32>, %o: tensor<1x8x7x7xf32>) -> tensor<1x8x7x7xf32> {{
      %0 = linalg.generic {{indexing_maps = [#in, #filter, #out],
          iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
        ins(%i, %f : tensor<1x9x9x4xf32>, tensor<8x4x3x3xf32>) outs(%o : tensor<1x8x7x7xf32>) {{
      ^bb0(%a: f32, %b: f32, %c: f32):
        %m = arith.{0} %a, %b : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<1x8x7x7xf32>
      return %0 : tensor<1x8x7x7xf32>
    })";
  auto product = match(llvm::formatv(generic, "mulf").str());
  ASSERT_TRUE(product);
  EXPECT_EQ(product->inputLayout, Layout::NHWC);
  EXPECT_EQ(product->outputLayout, Layout::NCHW);
  EXPECT_FALSE(match(llvm::formatv(generic, "subf").str()));
}

TEST_F(InferConvLayer, PoolingAndDynamicShapesAreNone) {
  EXPECT_FALSE(match(R"(
    func.func @f(%i: tensor<1x4x9x9xf32>, %w: tensor<3x3xf32>, %o: tensor<1x4x7x7xf32>) -> tensor<1x4x7x7xf32> {
      %0 = linalg.pooling_nchw_sum ins(%i, %w : tensor<1x4x9x9xf32>, tensor<3x3xf32>) outs(%o : tensor<1x4x7x7xf32>) -> tensor<1x4x7x7xf32>
      return %0 : tensor<1x4x7x7xf32>
    })"));
  EXPECT_FALSE(match(R"(
    func.func @f(%i: tensor<?x4x9x9xf32>, %f: tensor<8x4x3x3xf32>, %o: tensor<?x8x7x7xf32>) -> tensor<?x8x7x7xf32> {
      %0 = linalg.conv_2d_nchw_fchw ins(%i, %f : tensor<?x4x9x9xf32>, tensor<8x4x3x3xf32>) outs(%o : tensor<?x8x7x7xf32>) -> tensor<?x8x7x7xf32>
      return %0 : tensor<?x8x7x7xf32>
    })"));
}

} // namespace
