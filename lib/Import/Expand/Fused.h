#ifndef CONVOPT_IMPORT_EXPAND_FUSED_H
#define CONVOPT_IMPORT_EXPAND_FUSED_H

#include "Expansion.h"

namespace convopt {

/// The attributes of the activation behind a convolution.
inline constexpr llvm::StringLiteral activationNames[] = {"activation",
                                                          "activation_params"};

/// `x` with the activation that these attributes of a node name, if any.
llvm::Expected<Expansion::Name> activateConv(const Node &node, Expansion &e,
                                             const Expansion::Name &x);

/// The permutation that moves dimension 1 of `rank` to the end, or the reverse.
llvm::SmallVector<int64_t> moveChannels(size_t rank, bool toLast);

} // namespace convopt

#endif // CONVOPT_IMPORT_EXPAND_FUSED_H
