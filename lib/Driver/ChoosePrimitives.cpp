#include "ChoosePrimitives.h"

using namespace llvm;

namespace convopt {

Expected<std::unique_ptr<CostModel>> makeCostModel(const std::string &file) {
  if (file.empty())
    return createBuiltinCostModel();
  return loadCostModel(file);
}

static SelectionOptions toSelectionOptions(const CompileOptions &options) {
  SelectionOptions selection;
  selection.force = options.forcePrimitive;
  if (options.maxError > 0)
    selection.maxError = options.maxError;
  return selection;
}

Expected<Selection> choosePrimitives(mlir::func::FuncOp main,
                                     const MachineDescription &machine,
                                     const CompileOptions &options) {
  auto model = makeCostModel(options.costModel);
  if (!model)
    return model.takeError();
  return selectPrimitives(main, **model, machine, toSelectionOptions(options));
}

} // namespace convopt
