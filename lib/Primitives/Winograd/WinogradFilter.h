#ifndef CONVOPT_LIB_PRIMITIVES_WINOGRADFILTER_H
#define CONVOPT_LIB_PRIMITIVES_WINOGRADFILTER_H

#include "convopt/Primitives/WinogradTransforms.h"

namespace convopt {

/// Transforms a filter (K, C, R, S) in double and rounds it once, to `order` of
/// elements, tiles, channels by phase, lanes and channels that meet in one.
void transformFilters(const WinogradTransforms &transforms,
                      const ConvLayer &layer, const PackedFilter &order,
                      llvm::ArrayRef<float> filter,
                      llvm::MutableArrayRef<float> packed);

} // namespace convopt

#endif // CONVOPT_LIB_PRIMITIVES_WINOGRADFILTER_H
