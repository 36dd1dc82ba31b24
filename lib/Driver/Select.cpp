#include "Calibrate.h"
#include "ChooseWithin.h"
#include "Stages.h"
#include "UnknownShapes.h"
#include "convopt/IR/LocationText.h"
#include "convopt/Transforms/Passes.h"
#include "convopt/Transforms/Pipelines.h"
#include "llvm/Support/FormatVariadic.h"

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
  pass.precisions = options.precisions;
  if (options.precisions.empty() && options.maxError)
    pass.precisions = "all";
  pass.maxWorkspace = options.maxWorkspace.value_or(pass.maxWorkspace);
  pass.maxWeights = options.maxWeights.value_or(pass.maxWeights);
  pass.maxGrowth = options.maxGrowth.value_or(pass.maxGrowth);
  if (options.maxBytes)
    pass.maxBytes = std::max<int64_t>(*options.maxBytes, 0);
  pass.threads = options.threads;
  pass.reasons = wantsReports(options);
  return pass;
}

/// An error if something is called that the inliner had to leave, a function
/// without a body or one that calls itself, or if a size is not known.
static Error checkNormalised(mlir::ModuleOp module) {
  Expected<mlir::func::FuncOp> main = findMain(module);
  if (!main)
    return main.takeError();
  Error error = Error::success();
  (*main).walk([&](mlir::func::CallOp call) {
    if (!error)
      error = createStringError("function '%s' is called and cannot be inlined",
                                call.getCallee().str().c_str());
  });
  return error ? std::move(error) : refuseUnknownShapes(*main);
}

/// Says of which convolutions no primitive was asked, unless a table or a
/// report does; of many that there are more.
static void noteExcluded(const Selection &selection,
                         const CompileOptions &options, Session &session) {
  if (options.explain || wantsReports(options))
    return;
  constexpr size_t most = 5;
  ArrayRef<ExcludedConvolution> excluded(selection.excluded);
  for (const ExcludedConvolution &conv : excluded.take_front(most))
    session.note(locationText(conv.location, LocationForm::LineAndColumn),
                 conv.why + ": no primitive is chosen");
  if (excluded.size() > most)
    session.note("", "for " + Twine(excluded.size() - most) +
                         " more convolutions no primitive is chosen; "
                         "--explain lists them");
}

/// Says that the outputs are not as exact as they are asked to be.
static void noteError(const Selection &selection, const CompileOptions &options,
                      Session &session) {
  const double error =
      std::max(selection.error(), selection.checked.value_or(0));
  if (options.maxError && error > *options.maxError)
    session.note(options.input,
                 formatv("the most exact choices together have a predicted "
                         "error of {0:e2}, more than --max-error={1:e2}",
                         error, *options.maxError));
}

Expected<Selected> select(Session &session, OwnedModule module,
                          const CompileOptions &options,
                          SharedWeights *shared) {
  Expected<MachineDescription> machine = describeMachine(options.target);
  if (!machine)
    return machine.takeError();
  auto normalise = [&](mlir::OpPassManager &pm) {
    buildNormalisePipeline(pm, activationsFor(*machine));
  };
  if (Error error = session.run(*module, "normalisation", normalise))
    return error;
  if (Error error = checkNormalised(*module))
    return error;
  if (shared)
    shared->constants.share(*module);
  auto calibration = calibrate(session, *module, options);
  if (!calibration)
    return calibration.takeError();
  Expected<Selected> selected =
      *calibration ? chooseWithin(session, std::move(module), options, *machine,
                                  **calibration, shared)
                   : choose(session, std::move(module), options, shared);
  if (selected) {
    noteExcluded(selected->selection, options, session);
    noteError(selected->selection, options, session);
  }
  return selected;
}

Expected<Selected> choose(Session &session, OwnedModule module,
                          const CompileOptions &options,
                          SharedWeights *shared) {
  Selection selection;
  auto addSelection = [&](mlir::OpPassManager &pm) {
    pm.addNestedPass<mlir::func::FuncOp>(createSelectPrimitives(
        passOptions(options),
        [&](Selection found) { selection = std::move(found); },
        shared ? &shared->forms : nullptr));
  };
  if (Error error = session.run(*module, "selection", addSelection))
    return error;
  if (!selection.lacking.empty())
    session.note(options.measuredCosts, selection.lacking);
  return Selected{std::move(module), std::move(selection)};
}

} // namespace convopt
