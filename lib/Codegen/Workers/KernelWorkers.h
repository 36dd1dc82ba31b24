#ifndef CONVOPT_LIB_CODEGEN_KERNELWORKERS_H
#define CONVOPT_LIB_CODEGEN_KERNELWORKERS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace convopt {

/// Runs job(0) to job(count - 1), each in a forked process of its own, at most
/// `processes` at once, and gives what they return, in order. An exception in
/// a job, a signal or an exit becomes an error that names nameOf(i). `progress`
/// is told how many are done, with each and now and then. No other thread of
/// this process may hold a lock that a job needs.
llvm::Expected<std::vector<std::string>>
runInProcesses(size_t count, unsigned processes,
               llvm::function_ref<std::string(size_t)> job,
               llvm::function_ref<std::string(size_t)> nameOf,
               llvm::function_ref<void(size_t)> progress = nullptr);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_KERNELWORKERS_H
