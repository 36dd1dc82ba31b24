#ifndef CONVOPT_TOOLS_PROFILE_ERRORS_H
#define CONVOPT_TOOLS_PROFILE_ERRORS_H

#include "Batch.h"
#include "RunBatch.h"

namespace convopt {

/// Runs each choice of `tasks`, of layers of single precision, once, on
/// normally distributed numbers, and writes to `path` a row with its layer, its
/// name and the relative L2 error of the result against sums in double
/// precision. Only on this machine.
llvm::Error measureErrors(llvm::ArrayRef<Task> tasks,
                          const BatchOptions &options, const RunOptions &run,
                          llvm::StringRef path);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_ERRORS_H
