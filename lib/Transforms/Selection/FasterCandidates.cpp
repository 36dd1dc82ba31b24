// Why not the fastest? A limit forbids it, its weights cost more than the time
// that it saves, or it wants its tensors in an order that suits the neighbours
// worse. The last has no answer beside the plan: one transposition may be all
// that is added, or a row of layers may follow. So the plan is made again with
// the candidate's layouts fixed, and compared. Of the candidates with the same
// layouts one plan serves all: they differ by their own costs alone.

#include "FasterCandidates.h"
#include <map>

using namespace mlir;

namespace convopt {

namespace {
using Layouts = std::pair<Layout, Layout>;
} // namespace

static Layouts layoutsOf(const Candidate &candidate) {
  return {candidate.choice.input, candidate.choice.output};
}

/// All that are faster, the fastest first; with equal times those that may be
/// chosen first, then in the catalogue's order.
static std::vector<Rejected> faster(const Candidate &chosen,
                                    ArrayRef<Candidate> admitted,
                                    ArrayRef<Rejected> rejected) {
  std::vector<Rejected> found;
  auto add = [&](const Rejected &other) {
    auto isFaster = [](const Rejected &a, const Rejected &b) {
      return a.candidate.nanoseconds < b.candidate.nanoseconds;
    };
    if (isFaster(other, {chosen, {}}))
      found.insert(llvm::upper_bound(found, other, isFaster), other);
  };
  auto obstacleOf = [&](const Candidate &candidate) {
    if (layoutsOf(candidate) != layoutsOf(chosen))
      return Obstacle::Layouts;
    return candidate.errorCharge - chosen.errorCharge >
                   candidate.charge - chosen.charge
               ? Obstacle::Error
               : Obstacle::Growth;
  };
  for (const Candidate &candidate : admitted)
    add({candidate, obstacleOf(candidate)});
  llvm::for_each(rejected, add);
  return found;
}

std::vector<FasterCandidate> fasterCandidates(
    const Candidate &chosen, ArrayRef<Candidate> admitted,
    ArrayRef<Rejected> rejected,
    llvm::function_ref<AlternativePlan(const Candidate &)> planWith) {
  const std::vector<Candidate> best = bestPerLayouts(admitted);
  std::map<Layouts, AlternativePlan> plans;
  std::map<std::pair<llvm::StringRef, Layouts>, bool> seen;
  std::vector<FasterCandidate> result;
  for (const Rejected &other : faster(chosen, admitted, rejected)) {
    const Candidate &candidate = other.candidate;
    const Layouts layouts = layoutsOf(candidate);
    if (std::exchange(seen[{candidate.choice.primitive->name(), layouts}],
                      true))
      continue;
    result.push_back({candidate, other.obstacle});
    if (other.obstacle != Obstacle::Layouts)
      continue;
    const Candidate &cheapest =
        *llvm::find_if(best, [&](const Candidate &candidate) {
          return layoutsOf(candidate) == layouts;
        });
    auto [plan, isNew] = plans.try_emplace(layouts);
    if (isNew)
      plan->second = planWith(cheapest);
    result.back().dearer = plan->second.dearer;
    if (result.back().dearer)
      *result.back().dearer += candidate.cost() - cheapest.cost();
    result.back().transformations = plan->second.transformations;
  }
  return result;
}

} // namespace convopt
