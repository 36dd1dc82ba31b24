#ifndef CONVOPT_TRANSFORMS_GLOBALCONSTANTS_H
#define CONVOPT_TRANSFORMS_GLOBALCONSTANTS_H

#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// Gives every constant tensor of the functions a memref.global, equal ones the
/// same, from which its readers get it.
void makeConstantsGlobal(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_GLOBALCONSTANTS_H
