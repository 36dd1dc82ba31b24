#include "convopt/Primitives/CookToom.h"
#include "convopt/Primitives/WinogradTiles.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace convopt;

namespace {

std::vector<double> times(const CookToom::Matrix &matrix,
                          const std::vector<double> &vector) {
  std::vector<double> product;
  for (const std::vector<double> &row : matrix) {
    EXPECT_EQ(row.size(), vector.size());
    double sum = 0;
    for (size_t i = 0; i < row.size(); ++i)
      sum += row[i] * vector[i];
    product.push_back(sum);
  }
  return product;
}

void expectFiltering(const CookToom &f) {
  std::mt19937 engine(1);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<double> input(f.tile()), filter(f.taps);
  for (double &value : input)
    value = uniform(engine);
  for (double &value : filter)
    value = uniform(engine);

  std::vector<double> products = times(f.filter, filter);
  const std::vector<double> transformed = times(f.inputT, input);
  ASSERT_EQ(products.size(), transformed.size());
  for (size_t i = 0; i < products.size(); ++i)
    products[i] *= transformed[i];
  const std::vector<double> outputs = times(f.outputT, products);
  ASSERT_EQ(int(outputs.size()), f.outputs);
  for (int i = 0; i < f.outputs; ++i) {
    double direct = 0;
    for (int k = 0; k < f.taps; ++k)
      direct += input[i + k] * filter[k];
    EXPECT_NEAR(outputs[i], direct, 1e-11);
  }
}

TEST(CookToom, EveryTileFiltersAsTheDirectSum) {
  for (int tile = 1; tile <= 10; ++tile)
    for (int taps = 1; taps <= tile; ++taps) {
      SCOPED_TRACE("F(" + std::to_string(tile - taps + 1) + "," +
                   std::to_string(taps) + ")");
      expectFiltering(cookToom(tile - taps + 1, taps));
    }
}

TEST(CookToom, AnyPointsWillDo) {
  expectFiltering(cookToom(3, 4, {{0}, {5}, {-1, 3}, {7, 2}, {2, 9}}));
}

TEST(CookToom, PairsOfComplexPointsToo) {
  const CookToom f = cookToom(4, 5, {{0}, {-2}, {1, 3}}, {{1, 4}, {-3, 7}});
  EXPECT_EQ(f.elements(), 3 + 2 * 3 + 1);
  expectFiltering(f);
  expectFiltering(cookToom(2, 2, {}, {{0}}));
}

TEST(CookToom, EveryComplexTileFiltersAsTheDirectSum) {
  for (auto [tile, elements] : {std::pair(10, 11), {14, 17}, {18, 23}})
    for (int taps = 1; taps <= tile; ++taps) {
      SCOPED_TRACE("F(" + std::to_string(tile - taps + 1) + "," +
                   std::to_string(taps) + ")");
      const CookToom f = complexCookToom(tile - taps + 1, taps);
      EXPECT_EQ(f.elements(), elements);
      expectFiltering(f);
    }
}

TEST(CookToom, OneOutputOfOneTapIsTheIdentity) {
  const CookToom one = cookToom(1, 1);
  const CookToom::Matrix identity{{1}};
  EXPECT_EQ(one.inputT, identity);
  EXPECT_EQ(one.filter, identity);
  EXPECT_EQ(one.outputT, identity);
}

// Lavin and Gray's F(4, 3).
TEST(CookToom, MatricesOfTheLiterature) {
  const CookToom f = cookToom(4, 3);
  EXPECT_EQ(f.inputT[0], std::vector<double>({4, 0, -5, 0, 1, 0}));
  EXPECT_EQ(f.inputT[3], std::vector<double>({0, -2, -1, 2, 1, 0}));
  EXPECT_EQ(f.filter[1], std::vector<double>({-1. / 6, -1. / 6, -1. / 6}));
  EXPECT_EQ(f.filter[4], std::vector<double>({1. / 24, -1. / 12, 1. / 6}));
  EXPECT_EQ(f.outputT[3], std::vector<double>({0, 1, -1, 8, -8, 1}));
}

TEST(CookToom, BalancedFiltersHaveRowsOfOneLength) {
  for (const CookToom &plain : {cookToom(7, 3), complexCookToom(10, 9)}) {
    const CookToom f = withBalancedFilter(plain);
    expectFiltering(f);
    EXPECT_EQ(f.inputT, plain.inputT);
    EXPECT_DOUBLE_EQ(roundingGrowth(f), roundingGrowth(plain));
    for (const std::vector<double> &row : f.filter) {
      double squares = 0;
      for (double element : row)
        squares += element * element;
      EXPECT_GE(squares, 0.5 - 1e-9);
      EXPECT_LE(squares, 2 + 1e-9);
    }
  }
}

/// Of random inputs and filters whose transformed elements have a relative
/// error, the output's by the mean of squares.
double measuredGrowth(const CookToom &f) {
  std::mt19937 engine(2);
  std::normal_distribution<double> normal;
  double error = 0, norm = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    std::vector<double> input(f.tile()), filter(f.taps);
    for (double &value : input)
      value = normal(engine);
    for (double &value : filter)
      value = normal(engine);
    std::vector<double> exact = times(f.filter, filter);
    const std::vector<double> transformed = times(f.inputT, input);
    for (size_t i = 0; i < exact.size(); ++i)
      exact[i] *= transformed[i];
    std::vector<double> wrong = exact;
    for (double &product : wrong)
      product *= 1 + 1e-3 * normal(engine);
    const std::vector<double> a = times(f.outputT, exact);
    const std::vector<double> b = times(f.outputT, wrong);
    for (int i = 0; i < f.outputs; ++i) {
      error += (a[i] - b[i]) * (a[i] - b[i]);
      norm += a[i] * a[i];
    }
  }
  return std::sqrt(error / norm) / 1e-3;
}

TEST(CookToom, RoundingErrorsGrowAsTheMatricesSay) {
  for (const CookToom &f : {cookToom(2, 3), cookToom(4, 3), cookToom(7, 3),
                            cookToom(4, 7), complexCookToom(6, 5)})
    EXPECT_NEAR(measuredGrowth(f) / roundingGrowth(f), 1, 0.05);
}

TEST(CookToom, TilesSayHowMuchErrorsGrow) {
  for (const WinogradTile &tile : winogradTiles()) {
    double most = 0;
    for (int taps = tile.taps; taps <= tile.mostTaps; ++taps) {
      auto side = [&](int outputs) {
        const int left = outputs - (taps - tile.taps);
        return roundingGrowth(tile.points == InterpolationPoints::Complex
                                  ? complexCookToom(left, taps)
                                  : cookToom(left, taps));
      };
      most = std::max(most, side(tile.columns) *
                                (tile.rows == 1 ? 1 : side(tile.rows)));
    }
    SCOPED_TRACE(tile.name.str());
    EXPECT_GE(tile.roundingGrowth, most);
    EXPECT_LE(tile.roundingGrowth, most + 0.1);
  }
}

} // namespace
