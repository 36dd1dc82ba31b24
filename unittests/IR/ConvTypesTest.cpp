#include "convopt/IR/ConvTypes.h"
#include "gtest/gtest.h"

using namespace convopt;

namespace {

TEST(ConvTypes, HaveSizesAndNames) {
  EXPECT_EQ(bytesOf(ElementType::F64), 8);
  EXPECT_EQ(bytesOf(ElementType::F32), 4);
  EXPECT_EQ(bytesOf(ElementType::BF16), 2);
  EXPECT_EQ(bytesOf(ElementType::I8), 1);
  EXPECT_EQ(toString(ElementType::F16), "f16");
  EXPECT_EQ(toString(ElementType::I32), "i32");
}

TEST(ConvTypes, AreSinglePrecisionUnlessGiven) {
  ConvLayer layer;
  layer.inChannels = 3;
  const ConvProblem single = layer;
  EXPECT_EQ(single.inChannels, 3);
  EXPECT_TRUE(single.types == ConvTypes());
  EXPECT_EQ(single.types.accumulator, ElementType::F32);
}

TEST(ConvTypes, MakeProblemsDifferent) {
  const ConvLayer layer;
  ConvTypes types;
  types.filter = ElementType::I8;
  EXPECT_TRUE(ConvProblem(layer, types) == ConvProblem(layer, types));
  EXPECT_FALSE(ConvProblem(layer, types) == ConvProblem(layer));
  ConvLayer other;
  other.padLeft = 1;
  EXPECT_FALSE(ConvProblem(other) == ConvProblem(layer));
}

} // namespace
