#ifndef CONVOPT_DRIVER_LOADMODEL_H
#define CONVOPT_DRIVER_LOADMODEL_H

#include "convopt/Driver/Compile.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"

namespace convopt {

/// A context with every dialect that a model passes through, without threads:
/// kernels are compiled in forked processes, which would inherit locks.
std::unique_ptr<mlir::MLIRContext> makeContext();

/// Reads ONNX, or MLIR where the file's name ends with .mlir.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
loadModel(const CompileOptions &options, mlir::MLIRContext &context);

/// Keeps the first error that MLIR reports, so that it can be what the tool
/// says.
class Diagnostics {
public:
  explicit Diagnostics(mlir::MLIRContext &context);

  /// What MLIR reported, with its place, if it did; else `error`.
  llvm::Error explain(llvm::Error error) const;

private:
  /// Where, and what.
  std::optional<std::pair<std::string, std::string>> first;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace convopt

#endif // CONVOPT_DRIVER_LOADMODEL_H
