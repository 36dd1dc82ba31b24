// Front ends have dialects of their own, and hand on to others what they have
// lowered to linalg on tensors. A module from halfway would fail somewhere deep
// in a pass that never heard of them; so it is refused at the door, with the
// name of what leads on from there.

#include "ForeignDialects.h"
#include "convopt/IR/LocatedError.h"
#include "convopt/IR/LocationText.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/SymbolTable.h"

using namespace llvm;

namespace convopt {

StringRef unknownDialectAdvice() {
  return "lower the module to linalg on tensors first, as by torch-mlir-opt "
         "--torch-onnx-to-torch-backend-pipeline "
         "--torch-backend-to-linalg-on-tensors-backend-pipeline, and take it "
         "before IREE makes util functions of it";
}

static StringRef adviceFor(mlir::Operation *op) {
  if (isa_and_nonnull<mlir::tosa::TosaDialect>(op->getDialect()))
    return "lower it first, by mlir-opt --pass-pipeline='builtin.module("
           "func.func(tosa-to-linalg-named,tosa-to-linalg,tosa-to-arith,"
           "tosa-to-tensor))'";
  if (isa_and_nonnull<mlir::ml_program::MLProgramDialect>(op->getDialect()))
    return "a model has no state: make the global a constant or an argument";
  return "";
}

Error refuseForeignDialects(mlir::ModuleOp module) {
  for (auto global :
       make_early_inc_range(module.getOps<mlir::ml_program::GlobalOp>()))
    if (mlir::SymbolTable::symbolKnownUseEmpty(global, module))
      global.erase();
  Error error = Error::success();
  module.walk([&](mlir::Operation *op) {
    StringRef advice = adviceFor(op);
    if (advice.empty())
      return mlir::WalkResult::advance();
    error = joinErrors(
        std::move(error),
        locatedError(locationText(op->getLoc(), LocationForm::LineAndColumn),
                     op->getName().getStringRef() + ": " + advice));
    return mlir::WalkResult::interrupt();
  });
  return error;
}

} // namespace convopt
