#ifndef CONVOPT_TOOLS_PROFILE_FORTRANSFER_H
#define CONVOPT_TOOLS_PROFILE_FORTRANSFER_H

#include "Rounds.h"
#include "convopt/CostModel/CostModel.h"

namespace convopt {

struct TransferOptions {
  size_t count;  ///< samples in all
  uint64_t seed; ///< the same candidates and seed: the same first half
};

/// The first half: candidates spread over families, primitives and shapes.
std::vector<Task> firstForTransfer(llvm::ArrayRef<LayerChoice> candidates,
                                   const TransferOptions &options,
                                   const MachineDescription &machine);

/// Measures what a cost model needs to be corrected for the machine: the first
/// half, then as many of `candidates` where corrections of `model` by the first
/// disagree. What `file`, which is at `path`, has of them already counts. Calls
/// `started` as measureInRounds does.
llvm::Expected<BatchReport> measureForTransfer(
    llvm::ArrayRef<LayerChoice> candidates, const TransferOptions &selection,
    const CostModel &model, const RoundOptions &options, const Board &board,
    SampleFile &file, llvm::StringRef path,
    llvm::function_ref<llvm::Error(const BatchReport &)> started);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_FORTRANSFER_H
