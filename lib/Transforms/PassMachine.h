#ifndef CONVOPT_LIB_TRANSFORMS_PASSMACHINE_H
#define CONVOPT_LIB_TRANSFORMS_PASSMACHINE_H

#include "convopt/Target/MachineDescription.h"
#include "mlir/IR/Operation.h"

namespace convopt {

/// The machine that the options of a pass over `op` request, or a diagnostic.
inline mlir::FailureOr<MachineDescription>
describeFor(mlir::Operation *op, const TargetRequest &request) {
  llvm::Expected<MachineDescription> machine = describeMachine(request);
  if (!machine)
    return mlir::emitError(op->getLoc(), llvm::toString(machine.takeError()));
  return std::move(*machine);
}

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_PASSMACHINE_H
