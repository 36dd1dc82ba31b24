#include "convopt/Primitives/CookToom.h"
#include "gtest/gtest.h"
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

} // namespace
