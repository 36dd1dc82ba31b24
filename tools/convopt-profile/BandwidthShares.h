#ifndef CONVOPT_TOOLS_PROFILE_BANDWIDTHSHARES_H
#define CONVOPT_TOOLS_PROFILE_BANDWIDTHSHARES_H

#include "Rounds.h"

namespace convopt {

/// Measures layout transformations of images that fit each level of the memory
/// and prints their shares of its bandwidth (geometric means), as the cost
/// model's JSON has them.
llvm::Error measureBandwidthShares(const RoundOptions &options,
                                   const Board &board);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_BANDWIDTHSHARES_H
