#ifndef CONVOPT_PRIMITIVES_COOKTOOM_H
#define CONVOPT_PRIMITIVES_COOKTOOM_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace convopt {

/// The matrices of minimal filtering F(m, r) in one dimension, as Lavin and
/// Gray write it (Fast Algorithms for Convolutional Neural Networks, 2015): the
/// m outputs y[i] = sum over k of d[i + k] g[k] of m + r - 1 inputs d and a
/// filter g of r taps are A^T ((G g) * (B^T d)); * is element by element. It
/// takes m + r - 1 products of real points; each pair of complex ones makes
/// three of two.
struct CookToom {
  using Matrix = std::vector<std::vector<double>>;
  int outputs;    ///< m
  int taps;       ///< r
  Matrix inputT;  ///< B^T, elements x (m + r - 1)
  Matrix filter;  ///< G, elements x r
  Matrix outputT; ///< A^T, m x elements
  int tile() const { return outputs + taps - 1; }
  /// Products. The last is of the point at infinity, the filter's last tap.
  int elements() const { return static_cast<int>(inputT.size()); }
};

/// Where polynomials are evaluated.
struct InterpolationPoint {
  int64_t numerator, denominator = 1;
};

/// Derives them by the method of Toom and Cook from m + r - 2 different points
/// besides infinity, in exact arithmetic, rounded to double at the end: real
/// `points`, and for each of `pairs`, a number between -1 and 1, the two
/// complex points of absolute value 1 that have it as real part. Rows of B^T
/// have a leading coefficient of 1. F(1, 1), of no points, is the identity.
CookToom cookToom(int outputs, int taps,
                  llvm::ArrayRef<InterpolationPoint> points,
                  llvm::ArrayRef<InterpolationPoint> pairs = {});

/// F(m, r) at the points that lose least accuracy in single precision of those
/// tried for that m + r - 1 (at most 10), most of them in pairs p and -p, which
/// share half of their work.
CookToom cookToom(int outputs, int taps);

/// F(m, r) for m + r - 1 = 10, 14 or 18 with complex points, as FFTs have them
/// alone: 1, 3 or 5 products more than real points would take, which for so
/// large tiles lose too much accuracy.
CookToom complexCookToom(int outputs, int taps);

/// The same with rows of G whose lengths are near one, by powers of two that
/// A^T takes back: for transformed filters in numbers with few exponents.
CookToom withBalancedFilter(CookToom f);

/// Rounding the elements of G g, or of B^T d, by a relative error makes one of
/// the outputs that is so many times larger (root of the mean of squares), for
/// inputs and filters that are white noise; rounding those of g or d makes as
/// much as it is. Of two sides the product.
double roundingGrowth(const CookToom &f);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_COOKTOOM_H
