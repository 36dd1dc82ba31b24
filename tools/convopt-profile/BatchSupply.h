#ifndef CONVOPT_TOOLS_PROFILE_BATCHSUPPLY_H
#define CONVOPT_TOOLS_PROFILE_BATCHSUPPLY_H

#include "BackgroundBuild.h"
#include "Rounds.h"

namespace convopt {

/// Compiles batches, before they are measured or while another one is.
class BatchSupply {
public:
  /// Decides on which cores to compile and to measure, as far as that is clear.
  BatchSupply(const RoundOptions &options, const Board &board);

  /// Those of the options, with the core to measure on.
  const RunOptions &runOptions() const { return measuring; }

  /// Runs the reference, and asks the machine what it is.
  llvm::Expected<BatchReport> askMachine();

  /// The batch of `tasks`. The first time that there is something to compile it
  /// finds out whether that disturbs the reference, and says so.
  llvm::Expected<Batch> get(llvm::ArrayRef<Task> tasks);

  /// Begins to compile what `get` will be asked for next, if nobody minds.
  /// `tasks` stay where they are until then.
  llvm::Error prepare(llvm::ArrayRef<Task> tasks);

private:
  llvm::Error start(llvm::ArrayRef<Task> tasks);
  llvm::Expected<Batch> finish(llvm::ArrayRef<Task> tasks);
  llvm::Expected<Batch> judge(llvm::ArrayRef<Task> tasks);

  const RoundOptions &options;
  const Board &board;
  RunOptions measuring;
  std::vector<int> compileCores; ///< none: any
  std::string referencePath;     ///< a program without kernels
  /// Whether to compile while measuring; nothing until it was judged.
  std::optional<bool> isAhead;
  std::optional<std::pair<const Task *, BackgroundBuild>> next;
};

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_BATCHSUPPLY_H
