#ifndef CONVOPT_PRIMITIVES_PACKING_H
#define CONVOPT_PRIMITIVES_PACKING_H

#include "convopt/IR/ConvLayer.h"
#include "llvm/ADT/ArrayRef.h"
#include <vector>

namespace convopt {

/// Packs (groups, K, C, R, S) into [groups][K / tile][R][S][C][tile], the last
/// tile of each group filled with zeros: a register tile of channels then
/// reads its weights from one stream.
std::vector<float> packTiles(const ConvLayer &layer, int64_t tile,
                             llvm::ArrayRef<float> filter);
int64_t packedTilesSize(const ConvLayer &layer, int64_t tile);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_PACKING_H
