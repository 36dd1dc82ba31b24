#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace convopt;
using namespace mlir;

namespace {

/// The defaults for a function with one filter of 64x32x1x1.
/// For one 1x1 layer with that many input and output channels.
SelectionOptions defaultsFor(const SelectionOptions &options,
                             int64_t channels = 64) {
  MLIRContext context;
  context.loadDialect<ConvoptDialect, arith::ArithDialect, func::FuncDialect,
                      linalg::LinalgDialect, tensor::TensorDialect>();
  const std::string n = std::to_string(channels);
  const std::string image = "tensor<1x" + n + "x4x4xf32>";
  const std::string filter = "tensor<" + n + "x" + n + "x1x1xf32>";
  auto module = parseSourceString<ModuleOp>(
      "func.func @main(%x: " + image + ") -> " + image + " {\n" +
          "%f = arith.constant dense<1.0> : " + filter + "\n" +
          "%a = linalg.conv_2d_nchw_fchw ins(%x, %f : " + image + ", " +
          filter + ") outs(%x : " + image + ") -> " + image + "\n" +
          "return %a : " + image + "\n}",
      &context);
  return withDefaults(options, *module->getOps<func::FuncOp>().begin());
}

TEST(SelectionLimits, GrowWithTheFilters) {
  SelectionOptions options = defaultsFor({});
  EXPECT_EQ(options.maxGrowth, 1 << 20);
  EXPECT_EQ(*defaultsFor({}, 1024).maxGrowth, 4 << 20);
  EXPECT_EQ(*defaultsFor({}, 8192).maxGrowth, (54 << 20) + (8 << 20));
  EXPECT_EQ(options.growthPrice, 1.0 / 256);
  EXPECT_EQ(options.preferredWorkspace, 8 << 20);
  EXPECT_EQ(options.errorBound, 1e-4);
  EXPECT_FALSE(options.maxError);
}

TEST(SelectionLimits, AreThoseOfTheUserAlone) {
  SelectionOptions given;
  given.maxGrowth = 1000;
  given.maxWorkspace = 100 << 20;
  SelectionOptions options = defaultsFor(given);
  EXPECT_EQ(options.maxGrowth, 1000);
  EXPECT_EQ(options.growthPrice, 0);
  EXPECT_FALSE(options.preferredWorkspace);
  given.growthPrice = 2;
  EXPECT_EQ(defaultsFor(given).growthPrice, 2);
}

} // namespace
