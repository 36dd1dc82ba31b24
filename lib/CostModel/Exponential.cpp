// A prediction decides what code is made, and libm's exponentials differ in the
// last bit, so there is one here of operations that are the same everywhere.
// e^x = 2^k e^r with |r| <= ln(2)/2, e^r by its Taylor series: the first term
// left out is r^14/14! < 5e-18. ln(2) in two parts, the first with so few bits
// that k times it is exact (W. Cody, W. Waite, "Software Manual for the
// Elementary Functions", 1980). The build switches contraction to FMA off.

#include "Exponential.h"
#include <cmath>
#include <limits>

double convopt::exponential(double x) {
  constexpr double ln2High = 0x1.62e42feep-1, ln2Low = 0x1.a39ef35793c76p-33;
  constexpr double log2e = 0x1.71547652b82fep+0;
  if (x != x)
    return x;
  if (x > 700)
    return std::numeric_limits<double>::infinity();
  if (x < -700)
    return 0;
  double k = std::floor(x * log2e + 0.5);
  double r = (x - k * ln2High) - k * ln2Low;
  double sum = 1;
  for (int n = 13; n > 0; --n)
    sum = 1 + sum * r / n;
  return std::ldexp(sum, static_cast<int>(k));
}
