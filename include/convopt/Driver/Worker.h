#ifndef CONVOPT_DRIVER_WORKER_H
#define CONVOPT_DRIVER_WORKER_H

#include "convopt/Codegen/Kernels.h"
#include "convopt/Target/MachineDescription.h"
#include "llvm/ADT/ArrayRef.h"
#include <memory>

namespace convopt {

class ChildProcess;

/// What convopt-compile is called with to be a worker: the only argument.
inline constexpr char workerArgument[] = "--worker";

/// Does what the library at the other end of descriptor 0, a socket, asks for,
/// until that is closed. The status that the program ends with.
int serveWorker();

/// A process that does for a library what needs a process of its own. It is
/// started by posix_spawn when it is first needed: between the fork of a
/// process with threads and its exec, no code may run that takes a lock. Being
/// convopt-compile, it makes the same bytes as that, and shares its cache of
/// kernels. Whatever happens to it, here it is an error. For one thread.
class Worker {
public:
  /// `program` is a convopt-compile of this build.
  explicit Worker(std::string program);
  ~Worker();

  /// See the functions of these names in Kernels.h and Link.h. `request` is
  /// what described the machine, as KernelOptions::request is.
  llvm::Expected<std::vector<CompiledKernel>>
  compileKernels(mlir::ModuleOp module, const KernelOptions &options);
  llvm::Expected<std::vector<char>>
  mergeObjects(llvm::ArrayRef<llvm::ArrayRef<char>> objects,
               llvm::ArrayRef<std::string> symbols);
  /// The shared library of `object`.
  llvm::Expected<std::string> linkShared(llvm::StringRef object,
                                         const TargetRequest &request);

private:
  llvm::Error start();
  llvm::Expected<std::vector<std::string>>
  ask(llvm::ArrayRef<llvm::StringRef> request);

  std::string program;
  std::unique_ptr<ChildProcess> process; ///< null until it is needed
};

} // namespace convopt

#endif // CONVOPT_DRIVER_WORKER_H
