#ifndef CONVOPT_LIB_TRANSFORMS_BUFFERERRORS_H
#define CONVOPT_LIB_TRANSFORMS_BUFFERERRORS_H

#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// While it lives, errors about operations of `module` that upstream reports
/// without their names get them.
class BufferErrors : mlir::ScopedDiagnosticHandler {
public:
  explicit BufferErrors(mlir::ModuleOp module);

  /// Fails, with an error at the first operation outside of kernels that has
  /// tensors and no rule for buffers. Upstream would only say that there is
  /// one.
  mlir::LogicalResult checkRules();

private:
  mlir::LogicalResult handle(mlir::Diagnostic &diagnostic);

  mlir::ModuleOp module;
  bool isOurs = false;
};

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_BUFFERERRORS_H
