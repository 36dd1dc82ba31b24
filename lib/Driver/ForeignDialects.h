#ifndef CONVOPT_LIB_DRIVER_FOREIGNDIALECTS_H
#define CONVOPT_LIB_DRIVER_FOREIGNDIALECTS_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// What to do with a module of dialects that this program does not know.
llvm::StringRef unknownDialectAdvice();

/// An error that names the first operation of a front end's dialect that has to
/// be lowered before, and by what. Globals that nothing uses are removed.
llvm::Error refuseForeignDialects(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_FOREIGNDIALECTS_H
