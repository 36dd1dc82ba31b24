#ifndef CONVOPT_TOOLS_PROFILE_WORKER_H
#define CONVOPT_TOOLS_PROFILE_WORKER_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// Calls `task(i)` for 0 <= i < count in a child process and `done(i, result)`
/// here. A task that crashes or takes longer than `timeoutSeconds` gives an
/// error, and a new child goes on with the next: what Halide or its code does
/// must not end a profile of an hour.
void runInWorkers(
    size_t count, double timeoutSeconds,
    llvm::function_ref<llvm::Expected<double>(size_t)> task,
    llvm::function_ref<void(size_t, llvm::Expected<double>)> done);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_WORKER_H
