#ifndef CONVOPT_TOOLS_PROFILE_BATCH_H
#define CONVOPT_TOOLS_PROFILE_BATCH_H

#include "Task.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// Where a kernel finds its weights: each run reads others.
enum class WeightSource {
  L3,     ///< out of half of it, in pages of 2 MB
  Memory, ///< in pages of 4 KB, those of a program's file
};

struct BatchOptions {
  MachineDescription machine;
  int64_t threads = 1;
  WeightSource weights = WeightSource::Memory;
  std::string cacheDir; ///< of kernels and of executables
  /// The C compiler and its options, with which table and kernels are linked;
  /// empty: the first that is found of those that compile for the machine.
  std::vector<std::string> compiler;
};

/// The command of BatchOptions::compiler for `machine`: `given`, cut at spaces,
/// or what is found. An error if there is no such program.
llvm::Expected<std::vector<std::string>>
findCompiler(llvm::StringRef given, const MachineDescription &machine);

/// A static program that measures kernels, see runner/runner.c.
struct Batch {
  std::string path;
  /// For each task why it has no kernel; empty: it has one.
  std::vector<std::string> failures;
  /// For each task the number of its kernel in the program, or -1.
  std::vector<int> kernels;
};

/// Compiles the kernels of `tasks` and links them with the runner, or takes
/// from the cache what is there. A kernel that cannot be compiled is left out;
/// any other trouble is an error.
llvm::Expected<Batch> buildBatch(llvm::ArrayRef<Task> tasks,
                                 const BatchOptions &options);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_BATCH_H
