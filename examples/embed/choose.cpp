// Asks convopt which primitive it would take for each convolution of a module,
// as a function and without a pass manager: for tools that have one reason or
// another to decide for themselves what becomes of the answer.
//
//   choose MODULE.mlir TARGET

#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"

static llvm::Error printChoices(mlir::ModuleOp module, std::string target) {
  convopt::TargetRequest request;
  request.target = std::move(target);
  llvm::Expected<convopt::MachineDescription> machine =
      convopt::describeMachine(request);
  if (!machine)
    return machine.takeError();
  auto model = convopt::createBuiltinCostModel();
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    auto selection = convopt::selectPrimitives(function, *model, *machine,
                                               convopt::SelectionOptions());
    if (!selection)
      return selection.takeError();
    for (const auto &convolution : selection->convolutions)
      llvm::outs() << function.getName() << " "
                   << convolution.chosen.choice.primitive->name() << " "
                   << convolution.chosen.nanoseconds << " ns\n";
  }
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  if (argc != 3) {
    llvm::errs() << "usage: choose MODULE.mlir TARGET\n";
    return 1;
  }
  mlir::MLIRContext context;
  context.loadDialect<convopt::ConvoptDialect, mlir::arith::ArithDialect,
                      mlir::func::FuncDialect, mlir::linalg::LinalgDialect,
                      mlir::tensor::TensorDialect>();
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(argv[1], &context);
  if (!module)
    return 1;
  if (llvm::Error error = printChoices(*module, argv[2])) {
    llvm::errs() << "choose: " << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
