#include "BufferErrors.h"
#include "convopt/IR/ConvoptDialect.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::bufferization;

namespace convopt {

LogicalResult BufferErrors::checkRules() {
  WalkResult walked =
      module.walk<WalkOrder::PreOrder>([](Operation *op) -> WalkResult {
        if (isa<KernelOp>(op))
          return WalkResult::skip();
        if (!hasTensorSemantics(op) || isa<BufferizableOpInterface>(op) ||
            isa<func::FuncOp>(op) || isOpTriviallyDead(op))
          return WalkResult::advance();
        return op->emitError() << op->getName()
                               << ": works on tensors, and there is no rule "
                                  "for buffers in their place";
      });
  return failure(walked.wasInterrupted());
}

BufferErrors::BufferErrors(ModuleOp module)
    : ScopedDiagnosticHandler(module.getContext()), module(module) {
  setHandler([this](Diagnostic &diagnostic) { return handle(diagnostic); });
}

LogicalResult BufferErrors::handle(Diagnostic &diagnostic) {
  if (isOurs || diagnostic.getSeverity() != DiagnosticSeverity::Error ||
      isa<UnknownLoc>(diagnostic.getLocation()))
    return failure();
  Operation *found = nullptr;
  module.walk([&](Operation *op) {
    if (!found && op->getLoc() == diagnostic.getLocation() &&
        hasTensorSemantics(op))
      found = op;
  });
  std::string text = diagnostic.str();
  if (!found || StringRef(text).contains(found->getName().getStringRef()))
    return failure();
  isOurs = true;
  emitError(diagnostic.getLocation()) << found->getName() << ": " << text;
  isOurs = false;
  return success();
}

} // namespace convopt
