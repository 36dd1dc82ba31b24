#include "convopt/IR/Constants.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace convopt;

namespace {

class Constants : public ::testing::Test {
protected:
  Constants() : builder(&context) {
    context.loadDialect<arith::ArithDialect, func::FuncDialect,
                        linalg::LinalgDialect>();
    module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToStart(module->getBody());
  }

  Value constant(StringRef text) {
    Attribute attr = parseAttribute(text, &context);
    return builder.create<arith::ConstantOp>(builder.getUnknownLoc(),
                                             cast<TypedAttr>(attr));
  }

  MLIRContext context;
  OpBuilder builder;
  OwningOpRef<ModuleOp> module;
};

TEST_F(Constants, ResourceRoundTrip) {
  auto type = RankedTensorType::get({2, 2}, builder.getF32Type());
  std::vector<float> data = {1, -2, 3.5, 0};
  Value value =
      createConstant(builder, builder.getUnknownLoc(), type, "w", data);
  EXPECT_EQ(getConstantFloats(value), data);
  EXPECT_FALSE(getSplat(value));
}

TEST_F(Constants, DenseAndSplat) {
  EXPECT_EQ(getConstantFloats(constant("dense<[1.0, 2.0]> : tensor<2xf32>")),
            (std::vector<float>{1, 2}));
  Value splat = constant("dense<3.0> : tensor<3xf32>");
  EXPECT_EQ(getConstantFloats(splat), (std::vector<float>{3, 3, 3}));
  EXPECT_EQ(getSplat(splat), 3.0);
  EXPECT_EQ(getSplat(constant("-7 : i32")), -7.0);
}

TEST_F(Constants, OthersAreNone) {
  EXPECT_FALSE(getConstantFloats(constant("dense<1> : tensor<2xi32>")));
  EXPECT_FALSE(getSplat(constant("dense<[1.0, 2.0]> : tensor<2xf32>")));
}

TEST_F(Constants, WrongResourceSizeIsNone) {
  auto type = RankedTensorType::get({3}, builder.getF32Type());
  AsmResourceBlob blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(
      ArrayRef<char>("12345678", 8), 4);
  auto attr = DenseResourceElementsAttr::get(type, "short", std::move(blob));
  Value value =
      builder.create<arith::ConstantOp>(builder.getUnknownLoc(), type, attr);
  EXPECT_FALSE(getConstantFloats(value));
}

} // namespace
