#ifndef CONVOPT_LIB_TRANSFORMS_QUESTIONS_H
#define CONVOPT_LIB_TRANSFORMS_QUESTIONS_H

#include "Candidates.h"
#include "LayoutGraph.h"
#include "llvm/ADT/MapVector.h"

namespace convopt {

/// What one convolution may become.
struct Question {
  std::vector<Candidate> admitted;
  /// bestPerLayouts of these: the states that a plan is made of.
  std::vector<Candidate> best;
  std::vector<Rejected> rejected;
};
using Questions = llvm::MapVector<mlir::Operation *, Question>;

/// The filter of `conv` as PackedForms knows it; null if it is no constant.
mlir::Attribute constantFilter(const ConvOp &conv);

/// All questions of a block, by convolution; those without an answer go into
/// `excluded`.
llvm::Expected<Questions>
askQuestions(mlir::Block &block, PriceList &prices,
             const MachineDescription &machine, const SelectionOptions &options,
             std::vector<ExcludedConvolution> &excluded);

/// The number of what a plan chooses for `op` in Question::best, or one that is
/// not there.
unsigned stateOf(mlir::Operation *op, const LayoutPlan &plan);

/// What a plan chooses for `op`, or null where the convolution stays as it is.
const Candidate *chosenFor(mlir::Operation *op, const Question &question,
                           const LayoutPlan &plan);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_QUESTIONS_H
