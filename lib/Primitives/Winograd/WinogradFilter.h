#ifndef CONVOPT_LIB_PRIMITIVES_WINOGRADFILTER_H
#define CONVOPT_LIB_PRIMITIVES_WINOGRADFILTER_H

#include "convopt/Primitives/WinogradTransforms.h"

namespace convopt {

/// Transforms a filter (K, C, R, S) in double and rounds it once:
/// [tile element][K / tile][C][tile], the last tile filled with zeros.
std::vector<float> transformFilters(const WinogradTransforms &transforms,
                                    const ConvLayer &layer, int64_t tile,
                                    llvm::ArrayRef<float> filter);

} // namespace convopt

#endif // CONVOPT_LIB_PRIMITIVES_WINOGRADFILTER_H
