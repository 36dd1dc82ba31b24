#include "Sampling.h"
#include <gtest/gtest.h>
#include <set>

using namespace convopt;

static std::vector<Choice> manyChoices() {
  std::vector<Choice> all;
  for (int i = 0; i < 20; ++i)
    all.push_back({&getPrimitive("direct"),
                   Layout::NHWC,
                   Layout::NHWC,
                   {/*pixels=*/i + 1, 1, 1, 1, 1}});
  all.push_back({&getPrimitive("im2row"),
                 Layout::NHWC,
                 Layout::NHWC,
                 {/*pixels=*/100, 1}});
  all.push_back({&getPrimitive("im2col"),
                 Layout::NCHW,
                 Layout::NCHW,
                 {/*pixels=*/200, 1}});
  return all;
}

static std::vector<std::string> namesOf(size_t count, uint64_t seed) {
  std::vector<std::string> names;
  for (const Choice &choice : sampleChoices(manyChoices(), count, seed))
    names.push_back(toString(choice.variant.name()));
  return names;
}

TEST(Sampling, RarePrimitivesHaveTheirTurn) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    auto names = namesOf(3, seed);
    std::set<std::string> set(names.begin(), names.end());
    EXPECT_TRUE(set.count("100x1") && set.count("200x1")) << seed;
  }
}

TEST(Sampling, NothingIsChosenTwice) {
  auto names = namesOf(100, 1);
  EXPECT_EQ(names.size(), 22u);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 22u);
}

TEST(Sampling, TheSeedDecides) {
  EXPECT_EQ(namesOf(8, 1), namesOf(8, 1));
  EXPECT_NE(namesOf(8, 1), namesOf(8, 2));
}
