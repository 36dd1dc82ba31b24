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
SelectionOptions defaultsFor(const SelectionOptions &options) {
  MLIRContext context;
  context.loadDialect<ConvoptDialect, arith::ArithDialect, func::FuncDialect,
                      linalg::LinalgDialect, tensor::TensorDialect>();
  auto module = parseSourceString<ModuleOp>(R"(
    func.func @main(%x: tensor<1x32x4x4xf32>, %z: tensor<1x64x4x4xf32>) -> tensor<1x64x4x4xf32> {
      %f = arith.constant dense<1.0> : tensor<64x32x1x1xf32>
      %a = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x32x4x4xf32>, tensor<64x32x1x1xf32>)
             outs(%z : tensor<1x64x4x4xf32>) -> tensor<1x64x4x4xf32>
      return %a : tensor<1x64x4x4xf32>
    })",
                                            &context);
  return withDefaults(options, *module->getOps<func::FuncOp>().begin());
}

TEST(SelectionLimits, GrowWithTheFilters) {
  SelectionOptions options = defaultsFor({});
  EXPECT_EQ(options.maxGrowth, (54 << 20) + 64 * 32 * 4 / 32);
  EXPECT_EQ(options.growthPrice, 1.0 / 256);
  EXPECT_EQ(options.preferredWorkspace, 8 << 20);
  EXPECT_EQ(options.maxError, 1e-4);
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
