#ifndef CONVOPT_TOOLS_PROFILE_RUNBATCH_H
#define CONVOPT_TOOLS_PROFILE_RUNBATCH_H

#include "Board.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include <array>

namespace convopt {

struct RunOptions {
  int core = -1;              ///< to stay on, and those behind it; -1: any
  double kernelSeconds = 0.1; ///< about how long to measure each
  double timeoutSeconds = 20; ///< for one kernel
};

/// Seconds of the runner's fixed work: arithmetic, reading L2, reading L3.
using Reference = std::array<double, 3>;

/// The median of one part of `references`, of which there is one at least.
double medianOf(llvm::ArrayRef<Reference> references, size_t part);

/// What a batch's program said beside the samples.
struct BatchReport {
  std::vector<Reference> references; ///< before, between and after
  bool hasLargePages = true;
  llvm::StringMap<std::string> system; ///< "kernel", "libc", "model"
};

/// Runs the program `path` for `kernels`, in that order, and calls `done` with
/// the place in `kernels` and the seconds, or why there are none. A kernel that
/// crashes or takes too long does not keep the rest from being measured. Errors
/// are those that no kernel is to blame for.
llvm::Expected<BatchReport>
runBatch(const Board &board, const std::string &path,
         llvm::ArrayRef<int> kernels, const RunOptions &options,
         llvm::function_ref<void(size_t, llvm::Expected<double>)> done);

/// The references alone, and what machine it is.
llvm::Expected<BatchReport> runReference(const Board &board,
                                         const std::string &path,
                                         const RunOptions &options);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_RUNBATCH_H
