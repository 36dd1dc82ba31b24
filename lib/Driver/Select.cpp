#include "Calibrate.h"
#include "Stages.h"
#include "UnknownShapes.h"
#include "convopt/IR/LocationText.h"
#include "convopt/Transforms/ChosenErrors.h"
#include "convopt/Transforms/Passes.h"
#include "convopt/Transforms/Pipelines.h"
#include "convopt/Transforms/RoundedImages.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

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

namespace {
/// What was chosen, and what next to no input's error exceeds with it.
struct Checked {
  Selected selected;
  double error;
  PackedForms forms; ///< with those of the choices
};
} // namespace

/// Within `target`, as gains predict errors: from few samples, and as if errors
/// knew nothing of each other.
static Expected<Checked> chooseAndCheck(Session &session, mlir::ModuleOp module,
                                        CompileOptions options, double target,
                                        const MachineDescription &machine,
                                        Calibration &calibration,
                                        SharedWeights *shared) {
  options.maxError = target;
  Expected<Selected> selected =
      choose(session, module.clone(), options, shared);
  if (!selected)
    return selected.takeError();
  Expected<mlir::func::FuncOp> main = findMain(*selected->module);
  if (!main)
    return main.takeError();
  Expected<std::vector<double>> errors =
      calibration.together(chosenErrors(*main, machine));
  if (!errors)
    return errors.takeError();
  return Checked{std::move(*selected), likelyWorst(*errors),
                 shared ? shared->forms : PackedForms()};
}

namespace {
/// What was asked for, and what came of it.
struct Attempt {
  double target, error;
};
} // namespace

/// For what target the error is likely to be `wanted`: on the line between an
/// attempt that was within and one that was not, of logarithms; with one
/// attempt errors are taken to be proportional to targets.
static double targetFor(double wanted, std::optional<Attempt> within,
                        std::optional<Attempt> beyond) {
  if (!within || !beyond) {
    const Attempt &only = within ? *within : *beyond;
    return only.target * wanted / only.error;
  }
  const double share = std::log(wanted / within->error) /
                       std::log(beyond->error / within->error);
  constexpr double least = 0.1, most = 0.9;
  return within->target * std::pow(beyond->target / within->target,
                                   std::clamp(share, least, most));
}

/// Where convolutions in bf16 are not the only ones that read an image, rounds
/// it for all if what was chosen is then still within `budget`: half the bytes
/// are written and read again.
static Error roundImagesWithin(double budget, Checked &chosen,
                               const MachineDescription &machine,
                               Calibration &calibration) {
  Expected<mlir::func::FuncOp> main = findMain(*chosen.selected.module);
  if (!main)
    return main.takeError();
  const std::vector<int64_t> images = roundableImages(*main);
  if (images.empty() || chosen.error > budget)
    return Error::success();
  Expected<std::vector<double>> errors =
      calibration.together(chosenErrors(*main, machine), images);
  if (!errors)
    return errors.takeError();
  if (const double error = likelyWorst(*errors); error <= budget) {
    roundImages(*main, images);
    chosen.error = error;
  }
  return Error::success();
}

/// The fastest of some plans with which next to no input exceeds the budget:
/// the plan for the whole budget if that is one, else those for less of it,
/// which search for how much less. A part of the budget is left for what
/// samples and noise do not show.
static Expected<Selected> chooseWithin(Session &session, OwnedModule module,
                                       const CompileOptions &options,
                                       const MachineDescription &machine,
                                       Calibration &calibration,
                                       SharedWeights *shared) {
  constexpr unsigned most = 6;
  constexpr double left = 0.1, margin = 0.95, enough = 0.8, near = 1.1;
  const double budget = (1 - left) * *options.maxError;
  const PackedForms before = shared ? shared->forms : PackedForms();
  double target = *options.maxError;
  std::optional<Attempt> within, beyond;
  std::optional<Checked> best;
  auto isBetter = [&](const Checked &a, const Checked &b) {
    auto rank = [&](const Checked &checked) {
      return std::pair(std::max(checked.error, budget),
                       checked.selected.selection.nanoseconds());
    };
    return rank(a) < rank(b);
  };
  for (unsigned attempt = 1; attempt <= most; ++attempt) {
    if (shared)
      shared->forms = before;
    Expected<Checked> checked = chooseAndCheck(
        session, *module, options, target, machine, calibration, shared);
    if (!checked)
      return checked.takeError();
    const Attempt made{target, checked->error};
    if (!best || isBetter(*checked, *best))
      best = std::move(*checked);
    if (made.error > budget)
      beyond = made;
    else if (within = made; !beyond || made.error >= enough * budget)
      break;
    if (within && beyond->target < near * within->target)
      break;
    target = targetFor(margin * budget, within, beyond);
  }
  if (Error error = roundImagesWithin(budget, *best, machine, calibration))
    return error;
  if (shared)
    shared->forms = std::move(best->forms);
  best->selected.selection.maxError = options.maxError;
  best->selected.selection.checked = best->error;
  return std::move(best->selected);
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
