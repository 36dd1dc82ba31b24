#ifndef CONVOPT_TOOLS_PROFILE_TASKKERNEL_H
#define CONVOPT_TOOLS_PROFILE_TASKKERNEL_H

#include "Task.h"
#include "convopt/IR/ConvoptDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// The symbol of `task`'s kernel, another one for another task.
std::string kernelSymbol(const Task &task);

/// The convopt.kernel that a network has for `task`: a convolution with its
/// zero padding, a bias and a ReLU, whose arguments are the image, the packed
/// filter and the bias; or a transposition of an image.
std::string kernelText(const Task &task, const MachineDescription &machine,
                       mlir::MLIRContext &context);

/// Bytes of each argument of `kernel`, then of its results.
std::vector<int64_t> bufferBytes(KernelOp kernel);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_TASKKERNEL_H
