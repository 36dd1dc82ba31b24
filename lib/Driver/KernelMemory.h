#ifndef CONVOPT_DRIVER_KERNELMEMORY_H
#define CONVOPT_DRIVER_KERNELMEMORY_H

#include "convopt/Driver/Environment.h"
#include "mlir/IR/BuiltinOps.h"
#include <map>

namespace convopt {

/// The kernels that have been compiled for one model so far, where it is
/// compiled several times.
class KernelMemory {
public:
  /// Environment::compileKernels of those that are not here yet. `options` are
  /// the same ones always.
  llvm::Expected<std::vector<CompiledKernel>>
  compile(Environment &environment, mlir::ModuleOp module,
          const KernelOptions &options);

private:
  std::map<std::string, CompiledKernel> known; ///< by the kernel's text
};

} // namespace convopt

#endif // CONVOPT_DRIVER_KERNELMEMORY_H
