// Arithmetic on shapes must be exact: its results are what ONNX Runtime and
// numpy give.
#include "ModelText.h"
#include "gtest/gtest.h"

using namespace convopt::test;

/// The text of the constant that is the model's only result; the nodes compute
/// `y` of the type given.
static std::string fold(const std::string &type, const std::string &nodes,
                        const std::string &initializers) {
  std::string text = importText(parseModel(
      "<ir_version: 8, opset_import: [\"\" : 17]> g (float[3,5] x) => (" +
      type + " y) <" + initializers + "> { " + nodes + " }"));
  EXPECT_EQ(text.find("linalg"), std::string::npos) << text;
  size_t from = text.find("dense<");
  return from == std::string::npos
             ? text
             : text.substr(from + 6, text.find('>', from) - from - 6);
}

TEST(Fold, DividesAsC) {
  EXPECT_EQ(fold("int64[4]", "y = Div(a, b)",
                 "int64[4] a = {7,-7,7,-7}, int64[4] b = {2,2,-2,-2}"),
            "[3, -3, -3, 3]");
  EXPECT_EQ(fold("int64[4]", "y = Mod(a, b)",
                 "int64[4] a = {7,-7,7,-7}, int64[4] b = {3,3,-3,-3}"),
            "[1, 2, -2, -1]");
}

TEST(Fold, BroadcastsAndSelects) {
  EXPECT_EQ(fold("int64[2,3]", "y = Add(a, b)",
                 "int64[2,1] a = {10,20}, int64[3] b = {1,2,3}"),
            "[[11, 12, 13], [21, 22, 23]]");
  EXPECT_EQ(fold("int64[3]",
                 "m = Constant<value_int=-1>() c = Equal(a, m) y = Where(c, "
                 "b, a)",
                 "int64[3] a = {4,-1,6}, int64[3] b = {1,2,3}"),
            "[4, 2, 6]");
}

TEST(Fold, SlicesBackwardsAndGathers) {
  EXPECT_EQ(fold("int64[3]", "y = Slice(a, s, e, z, t)",
                 "int64[6] a = {0,1,2,3,4,5}, int64[1] s = {-1}, int64[1] e = "
                 "{-7}, int64[1] z = {0}, int64[1] t = {-2}"),
            "[5, 3, 1]");
  EXPECT_EQ(fold("int64[2,2]", "y = Gather<axis=1>(a, i)",
                 "int64[2,3] a = {0,1,2,3,4,5}, int64[2] i = {-1,0}"),
            "[[2, 0], [5, 3]]");
}

TEST(Fold, KnowsShapes) {
  EXPECT_EQ(fold("int64[1]", "y = Shape<start=-1>(x)", "int64 unused = {0}"),
            "5");
  EXPECT_EQ(fold("int64", "s = Shape(x) y = ReduceProd<keepdims=0>(s)",
                 "int64 unused = {0}"),
            "15");
}

TEST(Fold, RefusesWhatHasNoResult) {
  auto error = [](const std::string &nodes) {
    return importError(parseModel(
        "<ir_version: 8, opset_import: [\"\" : 17]> g (float[3] x) => "
        "(int64[n] y) <int64[1] a = {1}, int64[1] zero = {0}, int64[1] far = "
        "{9}> { " +
        nodes + " }"));
  };
  EXPECT_EQ(error("y = Div(a, zero)"),
            "node 'y' (Div): integer division by zero");
  EXPECT_EQ(error("y = Gather(a, far)"),
            "node 'y' (Gather): an index is out of bounds");
}
