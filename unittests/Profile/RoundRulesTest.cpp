#include "Rounds.h"
#include <gtest/gtest.h>

using namespace convopt;

TEST(RoundRules, EachRoundHasAnotherOrderOfAll) {
  std::vector<size_t> inOrder{0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(orderOfRound(8, 0), inOrder);
  std::vector<size_t> second = orderOfRound(8, 1), third = orderOfRound(8, 2);
  EXPECT_NE(second, inOrder);
  EXPECT_NE(second, third);
  EXPECT_EQ(second, orderOfRound(8, 1));
  std::sort(second.begin(), second.end());
  EXPECT_EQ(second, inOrder);
  EXPECT_TRUE(orderOfRound(0, 1).empty());
}

TEST(RoundRules, TheTwoLeastPassesDecide) {
  EXPECT_FALSE(isUnsettled({}));
  EXPECT_FALSE(isUnsettled({1.0}));
  EXPECT_FALSE(isUnsettled({1.0, 9.0, 1.019}));
  EXPECT_TRUE(isUnsettled({1.0, 9.0, 1.021}));
}

TEST(RoundRules, AReferenceDriftsFromTheMedian) {
  // The third part, which other cores reach, does not count.
  std::vector<Reference> references{
      {1, 2, 3}, {1.01, 2, 9}, {1.03, 2, 3}, {1, 1.9, 3}, {1, 2, 3}};
  EXPECT_EQ(findDrift(references),
            (std::vector<bool>{false, false, true, true, false}));
  EXPECT_TRUE(findDrift({}).empty());
}

TEST(RoundRules, ACompilerNearbyMayDisturb) {
  std::vector<Reference> idle{{1, 2, 3}, {1, 2, 3}, {7, 2, 3}};
  EXPECT_FALSE(isDisturbed(idle, {{1.01, 2.02, 3.1}, {1, 2, 3}, {9, 9, 9}}));
  EXPECT_TRUE(isDisturbed(idle, {{1.03, 2, 3}, {1.03, 2, 3}, {1, 2, 3}}));
  EXPECT_TRUE(isDisturbed(idle, {{1, 2, 3.2}, {1, 2, 3.2}, {1, 2, 3}}));
}
