#ifndef CONVOPT_LIB_COSTMODEL_TREENODE_H
#define CONVOPT_LIB_COSTMODEL_TREENODE_H

#include <cmath>

namespace convopt {

/// Values of magnitude up to 1e-35f count as 0 for LightGBM.
inline double zeroIfTiny(double x) {
  constexpr double zeroThreshold = 1e-35f;
  return std::fabs(x) <= zeroThreshold ? 0 : x;
}

/// What a node compares that takes NaN for 0.
inline double zeroIfMissing(double x) {
  return std::isnan(x) ? 0 : zeroIfTiny(x);
}

} // namespace convopt

#endif // CONVOPT_LIB_COSTMODEL_TREENODE_H
