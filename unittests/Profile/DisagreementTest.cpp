#include "Disagreement.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace convopt;

/// 80 rows on a line from 0 to 8, of two primitives of one family and one of
/// another, in turn.
static Candidates line() {
  Candidates rows;
  rows.width = 1;
  rows.familyOf = {0, 0, 1};
  for (unsigned i = 0; i < 80; ++i) {
    rows.numbers.push_back(0.1 * i);
    rows.primitives.push_back(i % 3);
    rows.layers.push_back(i);
  }
  return rows;
}

static std::vector<size_t> firstRows(size_t count) {
  std::vector<size_t> rows;
  for (size_t i = 0; i < count; ++i)
    rows.push_back(i);
  return rows;
}

TEST(Disagreement, FewSamplesSayNothing) {
  auto unsure = disagreement(line(), firstRows(11), std::vector<double>(11, 2));
  EXPECT_EQ(unsure, std::vector<double>(80, 1));
  unsure = disagreement(line(), {}, {});
  EXPECT_EQ(unsure, std::vector<double>(80, 1));
}

TEST(Disagreement, IsSmallWhereASourceIsRight) {
  for (double x :
       disagreement(line(), firstRows(20), std::vector<double>(20, 0)))
    EXPECT_NEAR(x, 0, 1e-12);
}

TEST(Disagreement, IsSmallAmongSamplesThatAgreeAndLargeBeyond) {
  // One factor: all say it where samples are, the process less and less beyond.
  auto unsure =
      disagreement(line(), firstRows(40), std::vector<double>(40, 0.5));
  EXPECT_LT(unsure[20], 0.02);
  EXPECT_GT(unsure[79], 2 * unsure[20]);
  // What changes with the shape a factor cannot say.
  std::vector<double> slope;
  for (size_t row : firstRows(40))
    slope.push_back(0.2 * row);
  EXPECT_GT(disagreement(line(), firstRows(40), slope)[1], 1);
}

TEST(Disagreement, ManySamplesAreTakenToo) {
  Candidates rows;
  rows.width = 1;
  rows.familyOf = {0};
  for (unsigned i = 0; i < 1010; ++i) {
    rows.numbers.push_back(std::sin(i));
    rows.primitives.push_back(0);
    rows.layers.push_back(i);
  }
  std::vector<double> residuals;
  for (size_t row : firstRows(1005))
    residuals.push_back(rows.numbers[row]);
  for (double x : disagreement(rows, firstRows(1005), residuals)) {
    EXPECT_TRUE(std::isfinite(x));
    EXPECT_GE(x, 0);
  }
}
