#include "Spread.h"
#include "convopt/CostModel/LayerText.h"
#include <cmath>
#include <gtest/gtest.h>
#include <set>

using namespace convopt;

/// `layers` random points of two numbers; of each a row for each primitive, of
/// which `familyOf` says the families.
static Candidates grid(unsigned layers, std::vector<unsigned> familyOf) {
  Candidates rows;
  rows.width = 2;
  rows.familyOf = familyOf;
  for (unsigned layer = 0; layer < layers; ++layer)
    for (unsigned primitive = 0; primitive < familyOf.size(); ++primitive) {
      rows.numbers.push_back(std::sin(12.9898 * layer + 1));
      rows.numbers.push_back(std::sin(78.233 * layer + 2));
      rows.primitives.push_back(primitive);
      rows.layers.push_back(layer);
    }
  return rows;
}

TEST(Spread, SmallFamiliesAndAllPrimitivesHaveTheirTurns) {
  Candidates rows = grid(50, {0, 0, 1, 2});
  auto chosen = spread(rows, 24, {}, {}, 1);
  std::set<size_t> different(chosen.begin(), chosen.end());
  std::set<unsigned> layers, primitives;
  std::vector<unsigned> families(3);
  for (size_t row : chosen) {
    layers.insert(rows.layers[row]);
    primitives.insert(rows.primitives[row]);
    ++families[rows.family(row)];
  }
  EXPECT_EQ(different.size(), 24u);
  EXPECT_EQ(layers.size(), 24u);
  EXPECT_EQ(primitives.size(), 4u);
  // Of twice the rows 1.4 times as many.
  EXPECT_EQ(families, (std::vector<unsigned>{10, 7, 7}));
}

TEST(Spread, TheSeedAloneDecides) {
  Candidates rows = grid(50, {0, 0, 1});
  auto chosen = spread(rows, 20, {}, {}, 1);
  EXPECT_EQ(chosen, spread(rows, 20, {}, {}, 1));
  EXPECT_NE(chosen, spread(rows, 20, {}, {}, 2));
  chosen.resize(8);
  EXPECT_EQ(chosen, spread(rows, 8, {}, {}, 1));
}

/// The mean distance of `chosen` to the nearest other one.
static double nearest(const Candidates &rows, std::vector<size_t> chosen) {
  double sum = 0;
  for (size_t a : chosen) {
    double least = HUGE_VAL;
    for (size_t b : chosen)
      if (a != b)
        least = std::min(least, std::sqrt(rows.squaredDistance(a, b)));
    sum += least / chosen.size();
  }
  return sum;
}

TEST(Spread, RowsAreFartherFromEachOtherThanAnyOnes) {
  Candidates rows = grid(300, {0});
  double chosen = 0, any = 0;
  for (size_t seed = 0; seed < 10; ++seed) {
    chosen += nearest(rows, spread(rows, 40, {}, {}, seed));
    // The layers are in no order.
    std::vector<size_t> some;
    for (size_t i = 0; i < 40; ++i)
      some.push_back(seed * 29 + i);
    any += nearest(rows, some);
  }
  EXPECT_GT(chosen, 1.15 * any);
}

TEST(Spread, WhatIsKnownCounts) {
  Candidates rows = grid(40, {0, 1});
  std::vector<size_t> known;
  for (size_t layer = 0; layer < 20; ++layer)
    known.push_back(2 * layer); // of primitive 0
  for (size_t row : spread(rows, 12, known, {}, 1)) {
    EXPECT_EQ(rows.primitives[row], 1u);
    EXPECT_GE(rows.layers[row], 20u);
  }
}

TEST(Spread, AllCanBeChosenAndNoMore) {
  Candidates rows = grid(3, {0, 0, 1});
  auto chosen = spread(rows, 1000, {4}, {}, 1);
  std::set<size_t> all(chosen.begin(), chosen.end());
  EXPECT_EQ(chosen.size(), 8u);
  EXPECT_EQ(all, (std::set<size_t>{0, 1, 2, 3, 5, 6, 7, 8}));
}

TEST(Spread, WeightsDrawRows) {
  Candidates rows = grid(200, {0});
  std::vector<double> weights;
  for (size_t row = 0; row < rows.size(); ++row)
    weights.push_back(rows.numbers[2 * row] > 0 ? 1 : 0.01);
  size_t heavy = 0;
  for (size_t row : spread(rows, 60, {}, weights, 1))
    heavy += weights[row] == 1;
  // Three of four pairs of rows have one.
  EXPECT_GT(heavy, 38u);
}

TEST(Candidates, ArePointsOfMeanZeroAndVarianceOne) {
  auto machine = describeMachine({"x86-64", "x86-64-v3", ""});
  ASSERT_TRUE(bool(machine));
  std::vector<LayerChoice> choices;
  for (const char *text : {"c=64 k=32 h=28 w=28", "c=16 k=8 h=56 w=56 r=3x3"}) {
    auto layer = parseLayer(text);
    ASSERT_TRUE(bool(layer));
    for (const Choice &choice : allChoices(*layer, *machine))
      choices.push_back({*layer, choice});
  }
  Candidates rows = describeCandidates(choices, *machine);
  ASSERT_EQ(rows.size(), choices.size());
  ASSERT_EQ(rows.numbers.size(), rows.size() * rows.width);
  // The features of the machine are the same in all.
  EXPECT_GT(rows.width, 20u);
  EXPECT_LT(rows.width, 80u);
  for (size_t column = 0; column < rows.width; ++column) {
    double sum = 0, squares = 0;
    for (size_t row = 0; row < rows.size(); ++row) {
      double x = rows.numbers[row * rows.width + column];
      sum += x / rows.size();
      squares += x * x / rows.size();
    }
    EXPECT_NEAR(sum, 0, 1e-9);
    EXPECT_NEAR(squares, 1, 1e-9);
  }
  for (size_t row = 0; row < rows.size(); ++row)
    for (size_t other = 0; other < rows.size(); ++other) {
      const Primitive *a = choices[row].choice.primitive;
      const Primitive *b = choices[other].choice.primitive;
      EXPECT_EQ(a == b, rows.primitives[row] == rows.primitives[other]);
      EXPECT_EQ(a->kind() == b->kind(), rows.family(row) == rows.family(other));
    }
  EXPECT_EQ(rows.layers.front(), 0u);
  EXPECT_EQ(rows.layers.back(), 1u);
}
