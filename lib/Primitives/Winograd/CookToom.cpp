// Where the matrices of minimal filtering come from. Published ones exist for a
// few tiles and points; here any number of outputs and taps is derived, in
// exact fractions, because the inverses on the way are ill-conditioned in any
// floating point. What decides is the points. A matrix has their powers: few,
// small, in pairs p and -p, with small denominators, keep the sums short and
// the errors low; each real one more costs a factor of 2 to 5 of accuracy,
// which is why ten inputs a side are the end. Complex points of absolute value
// 1 have powers that do not grow; a pair of conjugates stays real, as a
// polynomial of degree two, and costs three products instead of two.

#include "convopt/Primitives/CookToom.h"
#include "convopt/Primitives/PairedProducts.h"
#include "mlir/Analysis/Presburger/Fraction.h"
#include <algorithm>
#include <cassert>
#include <cmath>

using mlir::presburger::Fraction;

namespace convopt {

// Coefficients, that of 1 first.
using Polynomial = std::vector<Fraction>;

static double toDouble(const Fraction &f) {
  return static_cast<double>(int64_t(f.num)) /
         static_cast<double>(int64_t(f.den));
}

static Polynomial operator*(const Polynomial &a, const Polynomial &b) {
  Polynomial product(a.size() + b.size() - 1);
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t k = 0; k < b.size(); ++k)
      product[i + k] += a[i] * b[k];
  return product;
}

// By a polynomial whose leading coefficient is 1.
static Polynomial remainder(Polynomial p, const Polynomial &divisor) {
  const size_t degree = divisor.size() - 1;
  for (; p.size() > degree; p.pop_back())
    for (size_t k = 1; k <= degree; ++k)
      p[p.size() - 1 - k] -= p.back() * divisor[degree - k];
  p.resize(degree);
  return p;
}

static Fraction fraction(const InterpolationPoint &p) {
  return reduce(Fraction(p.numerator, p.denominator));
}

namespace {
// The matrices while they grow, by elements, exact.
struct Elements {
  int outputs, taps;
  std::vector<Polynomial> inputs, filters, outputsOf;

  // One product of factors that are weighted sums of the `values` of the powers
  // of x; the product of the two polynomials has it times `weight`.
  void add(const Polynomial &values, Polynomial weight) {
    weight.resize(outputs + taps - 1);
    Fraction scale(1);
    for (const Fraction &w : weight)
      if (w != Fraction(0))
        scale = w;
    for (Fraction &w : weight)
      w = reduce(w / scale);
    Polynomial filter(values.begin(), values.begin() + taps);
    for (Fraction &f : filter)
      f = reduce(f * scale);
    inputs.push_back(weight);
    filters.push_back(filter);
    outputsOf.emplace_back(values.begin(), values.begin() + outputs);
  }
};
} // namespace

static CookToom::Matrix toMatrix(const std::vector<Polynomial> &rows) {
  CookToom::Matrix matrix;
  for (const Polynomial &row : rows) {
    matrix.emplace_back();
    for (const Fraction &f : row)
      matrix.back().push_back(toDouble(f));
  }
  return matrix;
}

// The product s of polynomials of m and r coefficients is, by the Chinese
// remainder theorem, the sum over the factors p of a polynomial (x - t for a
// point t, x^2 - 2 a x + 1 for a pair of real part a) of (s mod p) times the
// inverse modulo p of the product q of all other factors, times q; besides its
// leading coefficient, the point at infinity. F(m, r) is the transpose of that
// bilinear map.
CookToom cookToom(int m, int r, llvm::ArrayRef<InterpolationPoint> points,
                  llvm::ArrayRef<InterpolationPoint> pairs) {
  const int most = std::max(m, r);
  assert(int(points.size() + 2 * pairs.size()) == m + r - 2 &&
         "one point is infinity");
  std::vector<Polynomial> factors;
  for (const InterpolationPoint &p : points)
    factors.push_back({-fraction(p), Fraction(1)});
  for (const InterpolationPoint &p : pairs)
    factors.push_back({Fraction(1), Fraction(-2) * fraction(p), Fraction(1)});

  Elements elements{m, r, {}, {}, {}};
  Polynomial all{Fraction(1)};
  for (size_t i = 0; i < factors.size(); ++i) {
    const Polynomial &p = factors[i];
    Polynomial others{Fraction(1)};
    for (size_t j = 0; j < factors.size(); ++j)
      if (j != i)
        others = others * factors[j];
    // The powers of x modulo p, by coefficient.
    std::vector<Polynomial> powers(p.size() - 1, Polynomial(most));
    for (int k = 0; k < most; ++k) {
      Polynomial power(k + 1);
      power[k] = Fraction(1);
      power = remainder(power, p);
      for (size_t d = 0; d < powers.size(); ++d)
        powers[d][k] = power[d];
    }
    const Polynomial q = remainder(others, p);
    if (p.size() == 2) {
      elements.add(powers[0], others * Polynomial{Fraction(1) / q[0]});
    } else {
      // (a0 + a1 x) (b0 + b1 x) from a0 b0, a1 b1 and (a0 + s a1) (b0 + s b1),
      // s = 1 or -1 so that opposite points have opposite signs; modulo p,
      // x^2 = c x - 1.
      const Fraction zero(0), one(1), c = -p[1];
      const Fraction s = c < zero ? -one : one;
      const Fraction norm = q[0] * (q[0] + c * q[1]) + q[1] * q[1];
      const Polynomial inverse{(q[0] + c * q[1]) / norm, -q[1] / norm};
      Polynomial both;
      for (int k = 0; k < most; ++k)
        both.push_back(powers[0][k] + s * powers[1][k]);
      auto add = [&](const Polynomial &values, const Polynomial &share) {
        elements.add(values, remainder(share * inverse, p) * others);
      };
      add(powers[0], {one, -s});
      add(powers[1], {-one, c - s});
      add(both, {zero, s});
    }
    all = all * p;
  }
  Polynomial lastOutput(m), lastTap(r);
  lastOutput[m - 1] = lastTap[r - 1] = Fraction(1);
  elements.inputs.push_back(all);
  elements.filters.push_back(lastTap);
  elements.outputsOf.push_back(lastOutput);

  CookToom result{
      m, r, toMatrix(elements.inputs), toMatrix(elements.filters),
      CookToom::Matrix(m, std::vector<double>(elements.inputs.size(), 0.0))};
  const CookToom::Matrix outputs = toMatrix(elements.outputsOf);
  for (size_t e = 0; e < outputs.size(); ++e)
    for (int k = 0; k < m; ++k)
      result.outputT[k][e] = outputs[e][k];
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

CookToom complexCookToom(int outputs, int taps) {
  const std::vector<InterpolationPoint> real = pointsFor(8);
  switch (outputs + taps - 1) {
  case 10:
    return cookToom(outputs, taps, real, {{0}});
  case 14:
    return cookToom(outputs, taps, real, {{0}, {3, 5}, {-3, 5}});
  default:
    assert(outputs + taps - 1 == 18 && "no points are known for other tiles");
    return cookToom(outputs, taps, real,
                    {{0}, {3, 10}, {-3, 10}, {4, 5}, {-4, 5}});
  }
}

CookToom withBalancedFilter(CookToom f) {
  for (int e = 0; e < f.elements(); ++e) {
    const double factor = balancingFactor(f.filter[e]);
    for (double &element : f.filter[e])
      element *= factor;
    for (std::vector<double> &row : f.outputT)
      row[e] /= factor;
  }
  return f;
}

static double squares(llvm::ArrayRef<double> row) {
  double sum = 0;
  for (double element : row)
    sum += element * element;
  return sum;
}

double roundingGrowth(const CookToom &f) {
  double sum = 0;
  for (const std::vector<double> &output : f.outputT)
    for (int e = 0; e < f.elements(); ++e)
      sum +=
          output[e] * output[e] * squares(f.filter[e]) * squares(f.inputT[e]);
  return std::sqrt(sum / (f.outputs * f.taps));
}

} // namespace convopt
