// Every convolution of a block is a question with its admitted answers. What an
// answer costs beside its time, memory and exactness, depends on the filter and
// the place in the network, not only on the layer.

#include "Questions.h"
#include "ErrorsAtResults.h"
#include "NestedBlocks.h"
#include "convopt/IR/WhyNoConvolution.h"
#include "convopt/Transforms/PackedForms.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace convopt {

/// The convolution that `op` is, if one may be chosen for; else, unless it is
/// nothing of the kind, `why` not.
static std::optional<ConvOp> matchEligible(linalg::LinalgOp op, Block &block,
                                           const SelectionOptions &options,
                                           std::string &why) {
  why = whyNoConvolution(op);
  std::optional<ConvOp> conv =
      why.empty() ? matchConvolution(op) : std::nullopt;
  if (!conv || conv->layer.isEmpty())
    return std::nullopt;
  if (op->getBlock() != &block)
    why = "stands within another operation";
  else if (!options.anyFilter && !matchPattern(conv->filter, m_Constant()))
    why = "has a filter that is not a constant";
  return why.empty() ? conv : std::nullopt;
}

Attribute constantFilter(const ConvOp &conv) {
  Attribute filter;
  return matchPattern(conv.filter, m_Constant(&filter)) ? filter : nullptr;
}

/// Counts for the candidates' growth what other sizes do not have.
static void countSharedForms(Admitted &admitted, const ConvOp &conv,
                             const MachineDescription &machine,
                             const PackedForms &forms) {
  Attribute filter = constantFilter(conv);
  if (!filter)
    return;
  for (Candidate &candidate : admitted.candidates)
    candidate.growth =
        forms.growthOf(filter, conv.layer, candidate.choice, machine);
}

llvm::Expected<Questions>
askQuestions(Block &block, PriceList &prices, const MachineDescription &machine,
             const SelectionOptions &options,
             std::vector<ExcludedConvolution> &excluded) {
  Questions questions;
  ErrorsAtResults errors;
  SmallVector<linalg::LinalgOp> ops;
  block.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isControlFlow(op)) // Its blocks are asked for themselves.
      return WalkResult::skip();
    if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
      ops.push_back(linalgOp);
    return WalkResult::advance();
  });
  for (linalg::LinalgOp op : ops) {
    std::string why;
    std::optional<ConvOp> conv = matchEligible(op, block, options, why);
    if (!why.empty())
      excluded.push_back({op->getLoc(), getConvLayer(op), why});
    if (!conv)
      continue;
    std::vector<Candidate> candidates = prices.candidates(conv->layer);
    errors.predict(*conv, candidates);
    llvm::Expected<Admitted> admitted =
        admittedCandidates(*conv, candidates, machine, options);
    if (!admitted)
      return admitted.takeError();
    if (options.forms)
      countSharedForms(*admitted, *conv, machine, *options.forms);
    if (!admitted->candidates.empty())
      questions[op] = {
          std::move(admitted->candidates), {}, std::move(admitted->rejected)};
    else
      excluded.push_back({op->getLoc(), conv->layer, admitted->whyNone});
  }
  return questions;
}

unsigned stateOf(Operation *op, const LayoutPlan &plan) {
  auto state = plan.states.find(op);
  return state == plan.states.end() ? 0 : state->second.convState;
}

const Candidate *chosenFor(Operation *op, const Question &question,
                           const LayoutPlan &plan) {
  const unsigned number = stateOf(op, plan);
  return number < question.best.size() ? &question.best[number] : nullptr;
}

} // namespace convopt
