#include "convopt/IR/LocationText.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace convopt;

namespace {

TEST(LocationText, NamesTheNodeOrTheLine) {
  MLIRContext context;
  Builder builder(&context);
  auto column = LocationForm::LineAndColumn;
  Location unknown = builder.getUnknownLoc();
  Location file = FileLineColLoc::get(&context, "a.mlir", 3, 7);
  Location node = NameLoc::get(builder.getStringAttr("conv1"), file);
  EXPECT_EQ(locationText(unknown), "");
  EXPECT_EQ(locationText(file), "a.mlir:3");
  EXPECT_EQ(locationText(file, column), "a.mlir:3:7");
  EXPECT_EQ(locationText(node, column), "conv1");
  EXPECT_EQ(locationText(builder.getFusedLoc({unknown, node, file})), "conv1");
  EXPECT_EQ(locationText(builder.getFusedLoc({unknown})), "");
  EXPECT_EQ(locationText(CallSiteLoc::get(file, node), column), "a.mlir:3:7");
}

} // namespace
