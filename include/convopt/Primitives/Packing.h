#ifndef CONVOPT_PRIMITIVES_PACKING_H
#define CONVOPT_PRIMITIVES_PACKING_H

#include "convopt/Primitives/PackedFilter.h"
#include <vector>

namespace convopt {

/// [groups * K / tile][R][S][C][tile], the last tile of each group not full: a
/// register tile of channels reads its weights from one stream.
PackedFilter tiledFilter(const ConvProblem &layer, int64_t tile);

/// Moves the weights (groups, K, C, R, S) to their places in `order`, which
/// holds weights; zeros fill the rest.
std::vector<float> packWeights(const ConvLayer &layer,
                               const PackedFilter &order,
                               llvm::ArrayRef<float> filter);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_PACKING_H
