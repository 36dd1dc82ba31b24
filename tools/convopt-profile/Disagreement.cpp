// Where corrections that explain the same samples say different things of a
// row, its time would tell which of them is right (query by committee; H.
// Seung, M. Opper, H. Sompolinsky, COLT 1992). The committee here:
//
// - factors: one for each family and each primitive, the median, drawn towards
//   that of the class around it where samples are few;
// - neighbours: those, then what they leave of near rows, by the inverse of the
//   fourth power of the distance (D. Shepard, 1968): it follows every sample;
// - a Gaussian process, which is smooth between them.
//
// python/convopt/correction.py corrects models by the first, by boosted trees
// and by a process whose numbers are found from the samples; here these are
// where that search begins, and no trees are grown in the tool that measures.

#include "Disagreement.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace convopt;

static constexpr size_t leastKnown = 12;
/// Of more rows the process sees so many: its cost grows with their cube.
static constexpr size_t mostKnown = 1000;
/// Samples with which a class has half its own factor.
static constexpr double trust = 4;

static double medianOf(std::vector<double> values) {
  llvm::sort(values);
  size_t half = values.size() / 2;
  return values.size() % 2 ? values[half]
                           : (values[half - 1] + values[half]) / 2;
}

/// For each row of `rows` the factor of its primitive.
static std::vector<double> factors(const Candidates &rows,
                                   llvm::ArrayRef<size_t> known,
                                   llvm::ArrayRef<double> residuals) {
  // With the classes as numbers: the median of those of one, or the factor of
  // the class around it where it has none.
  auto drawn = [&](auto isOfIt, double towards) {
    std::vector<double> own;
    for (auto [row, residual] : llvm::zip_equal(known, residuals))
      if (isOfIt(row))
        own.push_back(residual);
    if (own.empty())
      return towards;
    double share = own.size() / (own.size() + trust);
    return towards + share * (medianOf(own) - towards);
  };
  double overall = medianOf(residuals.vec());
  std::vector<double> ofPrimitive;
  for (auto [number, kind] : llvm::enumerate(rows.familyOf)) {
    auto isOfKind = [&, kind = kind](size_t r) {
      return rows.family(r) == kind;
    };
    auto isOfPrimitive = [&, number = number](size_t r) {
      return rows.primitives[r] == number;
    };
    ofPrimitive.push_back(drawn(isOfPrimitive, drawn(isOfKind, overall)));
  }
  std::vector<double> result;
  result.reserve(rows.size());
  for (unsigned primitive : rows.primitives)
    result.push_back(ofPrimitive[primitive]);
  return result;
}

/// Of rows that are of other primitives or families as if farther away.
static std::vector<double> neighbours(const Candidates &rows,
                                      llvm::ArrayRef<size_t> known,
                                      llvm::ArrayRef<double> residuals,
                                      llvm::ArrayRef<double> mild) {
  std::vector<double> result;
  for (size_t row = 0; row < rows.size(); ++row) {
    double sum = 0, weights = 0;
    for (auto [other, residual] : llvm::zip_equal(known, residuals)) {
      double squared = rows.squaredDistance(row, other) +
                       (rows.family(row) != rows.family(other)) +
                       (rows.primitives[row] != rows.primitives[other]);
      double weight = 1 / ((squared + 1e-3) * (squared + 1e-3));
      sum += weight * (residual - mild[other]);
      weights += weight;
    }
    result.push_back(mild[row] + sum / weights);
  }
  return result;
}

/// The covariance of two rows, as in python/convopt/likeness.py.
static double likeness(const Candidates &rows, size_t a, size_t b) {
  double near = std::exp(-0.5 * rows.squaredDistance(a, b));
  double result = 0.1 + 0.03 * near;
  if (rows.family(a) == rows.family(b))
    result += 0.05 + 0.03 * near;
  if (rows.primitives[a] == rows.primitives[b])
    result += 0.03 + 0.03 * near;
  return result;
}

/// The mean of a Gaussian process (C. Rasmussen, C. Williams, Gaussian
/// Processes for Machine Learning, 2006, algorithm 2.1).
static std::vector<double> process(const Candidates &rows,
                                   llvm::ArrayRef<size_t> known,
                                   llvm::ArrayRef<double> residuals) {
  constexpr double noise = 0.03;
  size_t n = std::min(known.size(), mostKnown);
  std::vector<double> factor(n * n), weights(residuals.take_front(n));
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j <= i; ++j) {
      double sum = likeness(rows, known[i], known[j]) + (i == j ? noise : 0);
      for (size_t k = 0; k < j; ++k)
        sum -= factor[i * n + k] * factor[j * n + k];
      factor[i * n + j] = i == j ? std::sqrt(sum) : sum / factor[j * n + j];
    }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < i; ++k)
      weights[i] -= factor[i * n + k] * weights[k];
    weights[i] /= factor[i * n + i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k)
      weights[i] -= factor[k * n + i] * weights[k];
    weights[i] /= factor[i * n + i];
  }
  std::vector<double> result(rows.size());
  for (size_t row = 0; row < rows.size(); ++row)
    for (size_t i = 0; i < n; ++i)
      result[row] += weights[i] * likeness(rows, row, known[i]);
  return result;
}

std::vector<double> convopt::disagreement(const Candidates &rows,
                                          llvm::ArrayRef<size_t> known,
                                          llvm::ArrayRef<double> residuals) {
  if (known.size() < leastKnown)
    return std::vector<double>(rows.size(), 1.0);
  std::vector<double> mild = factors(rows, known, residuals);
  std::vector<double> near = neighbours(rows, known, residuals, mild);
  std::vector<double> smooth = process(rows, known, residuals);
  std::vector<double> result;
  for (auto [a, b, c] : llvm::zip_equal(mild, near, smooth)) {
    double mean = (a + b + c) / 3;
    result.push_back(
        std::sqrt(((a - mean) * (a - mean) + (b - mean) * (b - mean) +
                   (c - mean) * (c - mean)) /
                  3));
  }
  return result;
}
