#ifndef CONVOPT_LIB_COSTMODEL_TREENODE_H
#define CONVOPT_LIB_COSTMODEL_TREENODE_H

#include "convopt/CostModel/TreeEnsemble.h"
#include <cmath>

namespace convopt {

/// Values of magnitude up to 1e-35f count as 0 for LightGBM.
inline double zeroIfTiny(double x) {
  constexpr double zeroThreshold = 1e-35f;
  return std::fabs(x) <= zeroThreshold ? 0 : x;
}

/// What a split compares that takes NaN for 0.
inline double zeroIfMissing(double x) {
  return std::isnan(x) ? 0 : zeroIfTiny(x);
}

/// The way of a row whose feature is `x`.
inline bool goesLeft(const TreeEnsemble::Split &split, double x) {
  const bool nan = std::isnan(x);
  switch (split.missing) {
  case TreeEnsemble::AsZero:
    break;
  case TreeEnsemble::NanLeft:
  case TreeEnsemble::NanRight:
    if (nan)
      return split.missing == TreeEnsemble::NanLeft;
    break;
  case TreeEnsemble::ZeroLeft:
  case TreeEnsemble::ZeroRight:
    if (zeroIfMissing(x) == 0)
      return split.missing == TreeEnsemble::ZeroLeft;
    break;
  }
  return zeroIfMissing(x) <= split.threshold;
}

} // namespace convopt

#endif // CONVOPT_LIB_COSTMODEL_TREENODE_H
