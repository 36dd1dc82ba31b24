#include "ChoosePrimitives.h"
#include "convopt/CostModel/MeasuredCosts.h"
#include "llvm/Support/raw_ostream.h"

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
  selection.maxError = options.maxError;
  selection.maxWorkspace = options.maxWorkspace;
  selection.maxWeights = options.maxWeights;
  selection.threads = options.threads;
  return selection;
}

Expected<Selection> choosePrimitives(mlir::func::FuncOp main,
                                     const MachineDescription &machine,
                                     const CompileOptions &options) {
  auto model = makeCostModel(options.costModel);
  if (!model)
    return model.takeError();
  SelectionOptions limits = toSelectionOptions(options);
  if (options.measuredCosts.empty())
    return selectPrimitives(main, **model, machine, limits);

  auto measured =
      MeasuredCosts::read(options.measuredCosts, machine, std::move(*model));
  if (!measured)
    return measured.takeError();
  auto selection = selectPrimitives(main, **measured, machine, limits);
  if (std::string lacking = (*measured)->lacking();
      selection && !lacking.empty())
    errs() << "convopt-compile: note: " << options.measuredCosts << ": "
           << lacking << "\n";
  return selection;
}

} // namespace convopt
