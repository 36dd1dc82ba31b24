#include "Constant.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>

using namespace convopt;

TEST(Constant, ConvertsFloatsWithRounding) {
  double values[] = {1.0 + 1.0 / 512, -65504, 1e10,
                     std::numeric_limits<double>::infinity()};
  auto half = Constant::fromDoubles(ElementKind::F16, {4}, values);
  EXPECT_EQ(half.doubleAt(0), 1.0 + 1.0 / 512);
  EXPECT_EQ(half.doubleAt(1), -65504);
  EXPECT_TRUE(std::isinf(half.doubleAt(2)));
  auto brain = Constant::fromDoubles(ElementKind::BF16, {4}, values);
  EXPECT_EQ(brain.doubleAt(0), 1.0); // seven bits of fraction, ties to even
}

TEST(Constant, WrapsIntegersAndKeepsSigns) {
  int64_t values[] = {-1, 300, 2};
  auto byte = Constant::fromInts(ElementKind::I8, {3}, values);
  EXPECT_EQ(byte.ints(), (std::vector<int64_t>{-1, 44, 2}));
  auto unsignedByte = Constant::fromInts(ElementKind::U8, {3}, values);
  EXPECT_EQ(unsignedByte.ints(), (std::vector<int64_t>{255, 44, 2}));
  auto flag = Constant::fromInts(ElementKind::Bool, {3}, values);
  EXPECT_EQ(flag.ints(), (std::vector<int64_t>{1, 1, 1}));
}

TEST(Constant, TakesInfinitiesAndNaNAsIntegers) {
  double values[] = {std::nan(""), 1e300, -1e300, -2.7};
  auto ints = Constant::fromDoubles(ElementKind::I64, {4}, values);
  EXPECT_EQ(ints.intAt(0), 0);
  EXPECT_EQ(ints.intAt(1), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(ints.intAt(2), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(ints.intAt(3), -2);
}

TEST(Constant, TransposesInEveryRank) {
  std::vector<int64_t> values(24);
  for (int64_t i = 0; i < 24; ++i)
    values[i] = i;
  auto tensor = Constant::fromInts(ElementKind::I32, {2, 3, 4}, values);
  auto moved = tensor.transposed({2, 0, 1});
  EXPECT_EQ(moved.shape(), (llvm::ArrayRef<int64_t>{4, 2, 3}));
  for (int64_t a = 0; a < 2; ++a)
    for (int64_t b = 0; b < 3; ++b)
      for (int64_t c = 0; c < 4; ++c)
        EXPECT_EQ(moved.intAt((c * 2 + a) * 3 + b), (a * 3 + b) * 4 + c);
}

TEST(Constant, CountsElementsWithoutOverflow) {
  EXPECT_EQ(countElements({2, 3}), 6);
  EXPECT_EQ(countElements({}), 1);
  int64_t huge = int64_t(1) << 40;
  EXPECT_EQ(countElements({huge, huge, huge}), std::nullopt);
  EXPECT_EQ(countElements({huge, huge, 0}), 0);
  EXPECT_EQ(countElements({2, -1}), std::nullopt);
}

TEST(Constant, BecomesAResourceOnTheSameBytes) {
  mlir::MLIRContext context;
  context.loadDialect<mlir::arith::ArithDialect>();
  mlir::OpBuilder builder(&context);
  auto module = mlir::ModuleOp::create(builder.getUnknownLoc());
  builder.setInsertionPointToStart(module.getBody());
  std::vector<double> values(100);
  values[3] = 1;
  auto constant = Constant::fromDoubles(ElementKind::F32, {100}, values);
  constant.setName("weights");
  mlir::Value value = constant.materialise(builder, builder.getUnknownLoc());
  auto attr = mlir::cast<mlir::DenseResourceElementsAttr>(
      value.getDefiningOp<mlir::arith::ConstantOp>().getValue());
  EXPECT_EQ(attr.getRawHandle().getBlob()->getData().data(),
            constant.bytes().data());
  module->erase();
}
