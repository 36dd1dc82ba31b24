#include "convopt/IR/NearestName.h"
#include "gtest/gtest.h"

using namespace convopt;

namespace {

const llvm::StringRef names[] = {"direct", "im2row", "im2col", "pointwise"};

TEST(NearestName, IsTheFewestEditsAway) {
  EXPECT_EQ(nearestName("dierct", names), "direct");
  EXPECT_EQ(nearestName("im2colum", names), "im2col");
  EXPECT_EQ(nearestName("pointwise", names), "pointwise");
}

TEST(NearestName, OfSeveralIsTheFirst) {
  EXPECT_EQ(nearestName("im2", {"im2b", "im2a"}), "im2b");
}

TEST(NearestName, IsNoneOfThoseThatAreFar) {
  EXPECT_EQ(nearestName("magic", names), "");
  EXPECT_EQ(nearestName("dir", names), "");
  EXPECT_EQ(nearestName("", {"a", ""}), "");
  EXPECT_EQ(nearestName("direct", {}), "");
}

TEST(NearestName, IsAskedAbout) {
  EXPECT_EQ(didYouMean("im2rov", names), "; did you mean 'im2row'?");
  EXPECT_EQ(didYouMean("magic", names), "");
}

} // namespace
