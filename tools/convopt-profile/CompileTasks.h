#ifndef CONVOPT_TOOLS_PROFILE_COMPILETASKS_H
#define CONVOPT_TOOLS_PROFILE_COMPILETASKS_H

#include "Task.h"
#include "convopt/Codegen/Kernels.h"

namespace convopt {

/// The kernels of `tasks`, by task; for those that cannot be compiled nothing,
/// but in `failures` why. `buffers` are the bytes of each one's arguments and
/// results.
llvm::Expected<std::vector<CompiledKernel>>
compileTasks(llvm::ArrayRef<Task> tasks, const KernelOptions &options,
             std::vector<std::string> &failures,
             std::vector<std::vector<int64_t>> &buffers);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_COMPILETASKS_H
