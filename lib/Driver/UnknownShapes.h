#ifndef CONVOPT_LIB_DRIVER_UNKNOWNSHAPES_H
#define CONVOPT_LIB_DRIVER_UNKNOWNSHAPES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// An error that names the first operation in `main` with a result whose size
/// is not known, and where the size comes from.
llvm::Error refuseUnknownShapes(mlir::func::FuncOp main);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_UNKNOWNSHAPES_H
