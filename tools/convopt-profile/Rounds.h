#ifndef CONVOPT_TOOLS_PROFILE_ROUNDS_H
#define CONVOPT_TOOLS_PROFILE_ROUNDS_H

#include "Batch.h"
#include "RunBatch.h"
#include "SampleFile.h"

namespace convopt {

struct RoundOptions {
  BatchOptions batch;
  RunOptions run;
  unsigned passes = 3;
  unsigned repeats = 3; ///< at most, of what is in doubt after the passes
  /// Compiles while it measures: always, never, or as seems best.
  std::optional<bool> compileAhead;
  int compileCore = -1; ///< for that alone; -1: any but the measuring one
};

/// Measures all of `tasks` in several rounds, in another order each, and adds
/// each pass to `file`. What it has already of a sample counts. Then measures
/// once more what is in doubt: samples whose two least times differ by over
/// 2 %, and those that were measured while the reference was not as usual. Says
/// on standard error how far it is. Calls `started` with what the machine says
/// before anything is measured, and returns what it said in the end.
llvm::Expected<BatchReport>
measureInRounds(std::vector<Task> tasks, const RoundOptions &options,
                const Board &board, SampleFile &file,
                llvm::function_ref<llvm::Error(const BatchReport &)> started);

/// `count` places in an order that `round` decides; that of round 0 is theirs.
std::vector<size_t> orderOfRound(size_t count, unsigned round);

/// Whether the two least of `passes` differ by over 2 %.
bool isUnsettled(llvm::ArrayRef<double> passes);

/// For each of `references` whether it is over 2 % from the median in what
/// depends on this core alone.
std::vector<bool> findDrift(llvm::ArrayRef<Reference> references);

/// Whether the medians of `busy` are above those of `idle`: by over 2 % or,
/// where memory is shared with other cores, by over 5 %.
bool isDisturbed(llvm::ArrayRef<Reference> idle,
                 llvm::ArrayRef<Reference> busy);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_ROUNDS_H
