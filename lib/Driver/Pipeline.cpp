#include "convopt/Driver/Pipeline.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace convopt {

void buildSelectionPipeline(OpPassManager &pm, const CompileOptions &options) {}

void buildKernelPipeline(OpPassManager &pm, const CompileOptions &options) {
  pm.addNestedPass<func::FuncOp>(createAssignLayouts());
  pm.addPass(createFormKernels());
  PackFiltersOptions packing;
  packing.target = options.target.target;
  packing.cpu = options.target.cpu;
  packing.features = options.target.features;
  pm.addPass(createPackFilters(packing));
}

} // namespace convopt
