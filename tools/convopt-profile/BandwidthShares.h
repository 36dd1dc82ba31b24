#ifndef CONVOPT_TOOLS_PROFILE_BANDWIDTHSHARES_H
#define CONVOPT_TOOLS_PROFILE_BANDWIDTHSHARES_H

#include "convopt/Target/MachineDescription.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// Measures layout transformations of images that fit each level of the memory
/// and prints their shares of its bandwidth (geometric means), as the cost
/// model's JSON has them. One that takes `timeout` seconds counts as that.
llvm::Error measureBandwidthShares(const MachineDescription &machine,
                                   double timeout);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_BANDWIDTHSHARES_H
