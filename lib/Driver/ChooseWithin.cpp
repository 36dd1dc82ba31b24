// What gains predict is the mean error, if errors know nothing of each other.
// What a budget says is that no input exceeds it. So a plan is run with all its
// errors at once, on inputs that gains do not know. It may exceed the budget by
// far: errors of some networks differ tenfold between images, and grow faster
// than what makes them. Then less is asked for, which is a search, since plans
// change in steps; where a plan for the whole budget passes, it is the only
// one.

#include "ChooseWithin.h"
#include "convopt/Transforms/ChosenErrors.h"
#include "convopt/Transforms/RoundedImages.h"
#include <cmath>

using namespace llvm;

namespace convopt {

namespace {
/// What was chosen, and what next to no input's error exceeds with it.
struct Checked {
  Selected selected;
  std::vector<ChosenError> errors; ///< of its convolutions
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
  std::vector<ChosenError> chosen = chosenErrors(*main, machine);
  Expected<std::vector<double>> errors = calibration.together(chosen);
  if (!errors)
    return errors.takeError();
  return Checked{std::move(*selected), std::move(chosen), likelyWorst(*errors),
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

/// Images and sums of `func` that may be rounded to bf16, so that half the
/// bytes are written and read again: first all, then fewer and fewer.
static std::vector<std::vector<int64_t>>
roundable(mlir::func::FuncOp func, const MachineDescription &machine) {
  std::vector<std::vector<int64_t>> sets{roundableImages(func)};
  for (const std::vector<int64_t> &more :
       {roundableSums(func),
        roundableForDepthwise(func, machine.l2Bytes / 2)}) {
    if (more.empty())
      continue;
    sets.insert(sets.begin(), sets.front());
    sets.front().insert(sets.front().end(), more.begin(), more.end());
  }
  if (sets.back().empty())
    sets.pop_back();
  return sets;
}

/// Where convolutions in bf16 are not the only ones that read an image, or it
/// goes through memory anyway, rounds it for all if what was chosen is then
/// still within `budget`.
static Error roundImagesWithin(double budget, Checked &chosen,
                               const MachineDescription &machine,
                               Calibration &calibration) {
  if (chosen.error > budget)
    return Error::success();
  Expected<mlir::func::FuncOp> main = findMain(*chosen.selected.module);
  if (!main)
    return main.takeError();
  for (const std::vector<int64_t> &some : roundable(*main, machine)) {
    Expected<std::vector<double>> errors =
        calibration.together(chosen.errors, some);
    if (!errors)
      return errors.takeError();
    if (const double error = likelyWorst(*errors); error <= budget) {
      roundImages(*main, some);
      chosen.error = error;
      break;
    }
  }
  return Error::success();
}

Expected<Selected> chooseWithin(Session &session, OwnedModule module,
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
    const Attempt made{target,
                       std::max(checked->error, 1e-30)}; // Its logarithm.
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

} // namespace convopt
