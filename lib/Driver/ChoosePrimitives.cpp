#include "ChoosePrimitives.h"
#include "convopt/CostModel/MeasuredCosts.h"
#include "convopt/IR/InferConvLayer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace convopt {

Expected<std::unique_ptr<CostModel>> makeCostModel(const std::string &file) {
  if (file.empty())
    return createBuiltinCostModel();
  return loadCostModel(file);
}

/// What keeps memory below that of engines that hold a model's weights and a
/// packed copy of them: 0.6 of ONNX Runtime's, which is about 100 MiB and 1.75
/// times the weights (bench/memory.py).
static int64_t defaultGrowth(mlir::func::FuncOp main) {
  int64_t bytes = 0;
  main.walk([&](mlir::linalg::LinalgOp op) {
    if (std::optional<ConvOp> conv = matchConvolution(op))
      bytes += bytesOf(conv->layer.types.filter) * conv->layer.filterElements();
  });
  return (54 << 20) + bytes / 32;
}

static SelectionOptions toSelectionOptions(mlir::func::FuncOp main,
                                           const CompileOptions &options) {
  SelectionOptions selection;
  selection.force = options.forcePrimitive;
  selection.maxError = options.maxError;
  selection.strictNan = options.strictNan;
  selection.maxWorkspace = options.maxWorkspace;
  // Without a limit of the user's: a fraction of what activations take.
  if (!options.maxWorkspace)
    selection.preferredWorkspace = int64_t(8) << 20;
  selection.maxWeights = options.maxWeights;
  selection.maxGrowth =
      options.maxGrowth ? *options.maxGrowth : defaultGrowth(main);
  // Without a limit of the user's, 4 us for a MB: a tenth of what it takes to
  // read that from memory.
  if (!options.maxGrowth)
    selection.growthPrice = 1.0 / 256;
  selection.threads = options.threads;
  return selection;
}

Expected<Selection> choosePrimitives(mlir::func::FuncOp main,
                                     const MachineDescription &machine,
                                     const CompileOptions &options) {
  auto model = makeCostModel(options.costModel);
  if (!model)
    return model.takeError();
  SelectionOptions limits = toSelectionOptions(main, options);
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
