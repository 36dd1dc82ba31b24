#include "Stages.h"
#include "convopt/Transforms/Passes.h"
#include "convopt/Transforms/Pipelines.h"

using namespace llvm;

namespace convopt {

/// What the user left out stays as the pass has it.
static SelectPrimitivesOptions passOptions(const CompileOptions &options) {
  SelectPrimitivesOptions pass;
  pass.target = options.target.target;
  pass.cpu = options.target.cpu;
  pass.features = options.target.features;
  pass.costModel = options.costModel;
  pass.measuredCosts = options.measuredCosts;
  if (options.forcePrimitive)
    pass.force = options.forcePrimitive->name().str();
  pass.strictNan = options.strictNan;
  pass.maxError = options.maxError.value_or(pass.maxError);
  pass.maxWorkspace = options.maxWorkspace.value_or(pass.maxWorkspace);
  pass.maxWeights = options.maxWeights.value_or(pass.maxWeights);
  pass.maxGrowth = options.maxGrowth.value_or(pass.maxGrowth);
  pass.threads = options.threads;
  pass.reasons = wantsReports(options);
  return pass;
}

Expected<Selected> select(Session &session, OwnedModule module,
                          const CompileOptions &options) {
  if (Error error =
          session.run(*module, "normalisation", buildNormalisePipeline))
    return error;

  Selection selection;
  auto addSelection = [&](mlir::OpPassManager &pm) {
    pm.addNestedPass<mlir::func::FuncOp>(
        createSelectPrimitives(passOptions(options), [&](Selection found) {
          selection = std::move(found);
        }));
  };
  if (Error error = session.run(*module, "selection", addSelection))
    return error;
  if (!selection.lacking.empty())
    session.environment.note(options.measuredCosts, selection.lacking);
  return Selected{std::move(module), std::move(selection)};
}

} // namespace convopt
