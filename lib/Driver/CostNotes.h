#ifndef CONVOPT_LIB_DRIVER_COSTNOTES_H
#define CONVOPT_LIB_DRIVER_COSTNOTES_H

#include "convopt/Codegen/ModelModule.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace convopt {

/// Bytes of the largest tensor that the functions of `module`, still on
/// tensors, take, compute or give; its constants do not count.
int64_t largestTensorBytes(mlir::ModuleOp module);

/// Says of a workspace of over 1 GB, or of over 20 times the largest tensor,
/// what it consists of; empty where it is neither, or below 1 MB, where the
/// runtime's own records decide.
std::string noteOnWorkspace(const ModelFacts &facts, int64_t largestTensor);

/// Says how many of the kernels of `module` compute with f16 that `machine`
/// must put together from integer operations; empty if there are none.
std::string noteOnEmulation(mlir::ModuleOp module,
                            const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_COSTNOTES_H
