#include "convopt/Primitives/CookToom.h"
#include "mlir/Analysis/Presburger/Fraction.h"
#include <algorithm>
#include <cassert>

using mlir::presburger::Fraction;

namespace convopt {

// Coefficients, that of 1 first.
using Polynomial = std::vector<Fraction>;

static double toDouble(const Fraction &f) {
  return static_cast<double>(int64_t(f.num)) /
         static_cast<double>(int64_t(f.den));
}

static Polynomial timesLinear(const Polynomial &p, const Fraction &root) {
  Polynomial product(p.size() + 1);
  for (size_t i = 0; i < p.size(); ++i) {
    product[i] -= root * p[i];
    product[i + 1] += p[i];
  }
  return product;
}

// Multiplying polynomials of m and r coefficients takes their values at
// m + r - 1 points, the last of them infinity, and interpolation of the
// product's. F(m, r) is the transpose of that bilinear map.
CookToom cookToom(int m, int r, llvm::ArrayRef<InterpolationPoint> given) {
  const int n = m + r - 1;
  assert(int(given.size()) == n - 1 && "one point is infinity");
  std::vector<Fraction> points;
  for (const InterpolationPoint &p : given)
    points.push_back(reduce(Fraction(p.numerator, p.denominator)));

  auto matrix = [](int rows, int columns) {
    return CookToom::Matrix(rows, std::vector<double>(columns, 0.0));
  };
  CookToom result{m, r, matrix(n, n), matrix(n, r), matrix(m, n)};
  Polynomial all{Fraction(1)};
  for (int i = 0; i < n - 1; ++i) {
    Polynomial others{Fraction(1)};
    Fraction scale(1), power(1);
    for (int j = 0; j < n - 1; ++j)
      if (j != i) {
        others = timesLinear(others, points[j]);
        scale *= points[i] - points[j];
      }
    for (int k = 0; k < n - 1; ++k)
      result.inputT[i][k] = toDouble(others[k]);
    for (int k = 0; k < std::max(m, r); ++k, power *= points[i]) {
      if (k < r)
        result.filter[i][k] = toDouble(power / scale);
      if (k < m)
        result.outputT[k][i] = toDouble(power);
    }
    all = timesLinear(all, points[i]);
  }
  for (int k = 0; k < n; ++k)
    result.inputT[n - 1][k] = toDouble(all[k]);
  result.filter[n - 1][r - 1] = 1;
  result.outputT[m - 1][n - 1] = 1;
  return result;
}

static std::vector<InterpolationPoint> pointsFor(int tile) {
  using Points = std::vector<InterpolationPoint>;
  auto pairs = [](Points all, const Points &magnitudes) {
    for (InterpolationPoint p : magnitudes) {
      all.push_back(p);
      all.push_back({-p.numerator, p.denominator});
    }
    return all;
  };
  switch (tile) {
  case 1:
    return {};
  case 2:
    return {{0}};
  case 3:
    return pairs({}, {{1}});
  case 4:
    return pairs({{0}}, {{1}});
  case 5:
    return pairs({}, {{1}, {1, 2}});
  case 6:
    return pairs({{0}}, {{1}, {2}});
  case 7:
    return pairs({}, {{1}, {2}, {1, 2}});
  case 8:
    return pairs({{0}}, {{1}, {2}, {1, 2}});
  case 9:
    return pairs({}, {{1, 4}, {3, 4}, {5, 4}, {2}});
  default:
    assert(tile == 10 && "no points are known for larger tiles");
    return pairs({{0}}, {{1}, {2}, {1, 2}, {3, 4}});
  }
}

CookToom cookToom(int outputs, int taps) {
  return cookToom(outputs, taps, pointsFor(outputs + taps - 1));
}

} // namespace convopt
