#ifndef CONVOPT_LIB_TRANSFORMS_FASTERCANDIDATES_H
#define CONVOPT_LIB_TRANSFORMS_FASTERCANDIDATES_H

#include "Candidates.h"

namespace convopt {

/// What the best plan with a certain candidate is like; see FasterCandidate.
struct AlternativePlan {
  std::optional<int64_t> dearer;
  std::vector<SelectedTransformation> transformations;
};

/// Those of `admitted` and `rejected` that are predicted to be faster than
/// `chosen`: of each primitive and pair of layouts the fastest, the fastest
/// first. `planWith` is asked once for each pair of layouts at most, with the
/// cheapest candidate that has them.
std::vector<FasterCandidate> fasterCandidates(
    const Candidate &chosen, llvm::ArrayRef<Candidate> admitted,
    llvm::ArrayRef<Rejected> rejected,
    llvm::function_ref<AlternativePlan(const Candidate &)> planWith);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_FASTERCANDIDATES_H
