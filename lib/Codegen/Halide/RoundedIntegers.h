#ifndef CONVOPT_LIB_CODEGEN_ROUNDEDINTEGERS_H
#define CONVOPT_LIB_CODEGEN_ROUNDEDINTEGERS_H

#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Target/MachineDescription.h"

namespace convopt {

/// Has numbers of `kernel` that are known to be small, and are no integers
/// afterwards, rounded by additions, where the instruction that rounds is for
/// half of the machine's vectors.
void roundByAddition(KernelOp kernel, const MachineDescription &machine);

bool isRoundedByAddition(mlir::Operation *op);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_ROUNDEDINTEGERS_H
