#ifndef CONVOPT_LIB_TRANSFORMS_CANDIDATES_H
#define CONVOPT_LIB_TRANSFORMS_CANDIDATES_H

#include "LayoutStates.h"
#include "convopt/Transforms/SelectPrimitives.h"

namespace convopt {

/// Predicted times for one machine and a number of threads, as whole
/// nanoseconds.
class PriceList {
public:
  PriceList(const CostModel &model, const MachineDescription &machine,
            int64_t threads = 1, llvm::ArrayRef<Precision> precisions = {})
      : model(model), machine(machine), threads(threads),
        precisions(precisions) {}

  /// Every choice for `layer`, see allChoices. Layers recur.
  const std::vector<Candidate> &candidates(const ConvProblem &layer);

  /// To rewrite `value`, whose dimensions have `roles`, in another layout.
  int64_t transformation(mlir::Value value, llvm::ArrayRef<char> roles,
                         Layout from, Layout to) const;

private:
  const CostModel &model;
  const MachineDescription &machine;
  int64_t threads;
  llvm::SmallVector<Precision> precisions;
  std::vector<std::pair<ConvProblem, std::vector<Candidate>>> known;
};

/// A candidate that may not be chosen.
struct Rejected {
  Candidate candidate;
  Obstacle obstacle;
};

/// What may be chosen for a convolution, or why nothing may.
struct Admitted {
  std::vector<Candidate> candidates;
  std::string whyNone;
  std::vector<Rejected> rejected = {}; ///< with SelectionOptions::reasons
};

/// Those of `all` that the attributes of the convolution and `options` leave;
/// an error if its pinned primitive is not among them. What the user names is
/// not held to the limits.
llvm::Expected<Admitted> admittedCandidates(const ConvOp &conv,
                                            llvm::ArrayRef<Candidate> all,
                                            const MachineDescription &machine,
                                            const SelectionOptions &options);

/// Charges `candidates` for their growth: a byte is `price` nanoseconds.
void chargeForGrowth(llvm::MutableArrayRef<Candidate> candidates, double price);

/// And for their errors: that of size 1 is `price` nanoseconds, others as much
/// less as their squares are.
void chargeForErrors(llvm::MutableArrayRef<Candidate> candidates, double price);

/// The cheapest for each pair of layouts, charges counted, in the order of
/// those pairs; of equals the first.
std::vector<Candidate> bestPerLayouts(llvm::ArrayRef<Candidate> candidates);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_CANDIDATES_H
