#ifndef CONVOPT_TOOLS_PROFILE_BACKGROUNDBUILD_H
#define CONVOPT_TOOLS_PROFILE_BACKGROUNDBUILD_H

#include "Batch.h"
#include <sys/types.h>

namespace convopt {

/// A buildBatch in a process of its own, which may crash or hang.
class BackgroundBuild {
public:
  /// Starts it, on `cores` alone if there are any. `tasks` may go afterwards.
  static llvm::Expected<BackgroundBuild> start(llvm::ArrayRef<Task> tasks,
                                               const BatchOptions &options,
                                               llvm::ArrayRef<int> cores);

  /// Waits for the result of `count` tasks. Without a path, and with all of
  /// them failed, if the compiler crashed or took longer than `timeoutSeconds`.
  llvm::Expected<Batch> finish(size_t count, double timeoutSeconds);

  bool isDone() const;

  BackgroundBuild(BackgroundBuild &&other);
  BackgroundBuild &operator=(BackgroundBuild &&) = delete;
  /// Stops what runs still.
  ~BackgroundBuild();

private:
  BackgroundBuild(pid_t pid, int pipe) : pid(pid), pipe(pipe) {}
  pid_t pid;
  int pipe; ///< what the process answers comes from here
};

/// The same with the kernels that crash the compiler or take it longer than
/// `timeoutSeconds` each left out. `started` is a build of these tasks that has
/// begun. Without a path if no kernel is left.
llvm::Expected<Batch> buildWithoutBad(llvm::ArrayRef<Task> tasks,
                                      const BatchOptions &options,
                                      llvm::ArrayRef<int> cores,
                                      double timeoutSeconds,
                                      std::optional<BackgroundBuild> started);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_BACKGROUNDBUILD_H
