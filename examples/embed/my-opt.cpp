// A compiler's own pipeline with convopt's passes in it: what another frontend
// made is normalised, every convolution gets its primitive, and a pass of this
// program, which knows nothing of convopt's C++, counts them.
//
//   my-opt MODULE.mlir TARGET

#include "convopt/Transforms/Passes.h"
#include "convopt/Transforms/Pipelines.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

namespace {
class CountChosen
    : public PassWrapper<CountChosen, OperationPass<func::FuncOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CountChosen)
  void runOnOperation() override {
    int64_t count = 0;
    getOperation().walk([&](linalg::LinalgOp operation) {
      count += operation->hasAttr("convopt.primitive");
    });
    getOperation()->setAttr("my.chosen",
                            Builder(&getContext()).getI64IntegerAttr(count));
  }
};
} // namespace

int main(int argc, char **argv) {
  if (argc != 3) {
    llvm::errs() << "usage: my-opt MODULE.mlir TARGET\n";
    return 1;
  }
  MLIRContext context;
  context.loadDialect<arith::ArithDialect, func::FuncDialect,
                      linalg::LinalgDialect, math::MathDialect,
                      tensor::TensorDialect>();
  context.allowUnregisteredDialects(); // my.chosen
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(argv[1], &context);
  if (!module)
    return 1;

  PassManager pm(&context);
  convopt::buildNormalisePipeline(pm);
  convopt::SelectPrimitivesOptions options;
  options.target = argv[2];
  pm.addNestedPass<func::FuncOp>(convopt::createSelectPrimitives(options));
  pm.addNestedPass<func::FuncOp>(std::make_unique<CountChosen>());
  if (failed(pm.run(*module)))
    return 1;
  module->print(llvm::outs());
  return 0;
}
