// Which primitive computes each convolution of a function, for the whole at
// once: a fast one in a layout that its neighbours do not have costs
// transpositions. Every convolution is a question with its admitted answers,
// one plan answers all. Memory is a limit on a sum over the plan, which a PBQP
// cannot hold; instead each byte of growth has a price, part of an answer's
// cost, and the lowest price is searched at which the plan fits (Lagrange's
// multiplier). Prices jump where equal layers change together, so what is left
// of the limit is spent afterwards, one convolution at a time.

#include "convopt/Transforms/SelectPrimitives.h"
#include "Candidates.h"
#include "CarriedPlan.h"
#include "FasterCandidates.h"
#include "NestedBlocks.h"
#include "OneBlock.h"
#include "convopt/IR/LocationText.h"
#include "convopt/IR/WhyNoConvolution.h"
#include "convopt/Primitives/Annotation.h"
#include "convopt/Transforms/PackedForms.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace convopt {

std::string nameOf(Location location) {
  std::string text = locationText(location);
  return text.empty() ? "-" : text;
}

static std::string nameOf(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return "input " + std::to_string(argument.getArgNumber());
  return nameOf(value.getLoc());
}

int64_t Selection::nanoseconds() const {
  int64_t sum = 0;
  for (const SelectedConvolution &conv : convolutions)
    sum += conv.chosen.nanoseconds;
  for (const SelectedTransformation &transformation : transformations)
    sum += transformation.nanoseconds;
  return sum;
}

namespace {
/// What one convolution may become.
struct Question {
  std::vector<Candidate> admitted, best;
  std::vector<Rejected> rejected;
};
using Questions = llvm::MapVector<Operation *, Question>;
} // namespace

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

/// A convolution whose tensors cannot be stored in any layout that a primitive
/// reads and writes (another use of them forbids it) stays as it is.
constexpr int64_t kLastResort = int64_t(1) << 50;

/// The filter of `conv` as PackedForms knows it; null if it is no constant.
static Attribute constantFilter(const ConvOp &conv) {
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

/// All questions of a block, by convolution; those without an answer go into
/// `excluded`.
static llvm::Expected<Questions>
askQuestions(Block &block, PriceList &prices, const MachineDescription &machine,
             const SelectionOptions &options,
             std::vector<ExcludedConvolution> &excluded) {
  Questions questions;
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
    llvm::Expected<Admitted> admitted = admittedCandidates(
        *conv, prices.candidates(conv->layer), machine, options);
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

/// What a plan chooses for `op`, or null where the convolution stays as it is.
static const Candidate *chosenFor(Operation *op, const Question &question,
                                  LayoutPlan &plan) {
  unsigned number = plan.states[op].convState;
  return number < question.best.size() ? &question.best[number] : nullptr;
}

static int64_t growthOf(const Questions &questions, LayoutPlan &plan) {
  int64_t growth = 0;
  for (const auto &[op, question] : questions)
    if (const Candidate *chosen = chosenFor(op, question, plan))
      growth += chosen->growth;
  return growth;
}

/// The plan for the lowest price of a byte, options.growthPrice or more and to
/// a sixteenth, at which all filters together grow no more than
/// options.maxGrowth, or for a very high one; `solve` makes the plan for a
/// price. The best plan at some price is the best of all that grow no more than
/// it does (Everett, 1963).
static llvm::Expected<LayoutPlan>
planWithinGrowth(const Questions &questions, const SelectionOptions &options,
                 llvm::function_ref<llvm::Expected<LayoutPlan>(double)> solve) {
  auto fits = [&](LayoutPlan &plan) {
    return growthOf(questions, plan) <= *options.maxGrowth;
  };
  constexpr double first = 1.0 / 1024, most = 1024; // ns; a TB/s, a MB/s
  double low = *options.growthPrice, high = low;
  llvm::Expected<LayoutPlan> plan = solve(high);
  while (plan && !fits(*plan) && high < most) {
    low = high;
    high = std::max(first, 4 * high);
    plan = solve(high);
  }
  while (plan && fits(*plan) && high - low > high / 16) {
    double middle = (low + high) / 2;
    plan = solve(middle);
    if (plan && !fits(*plan)) {
      low = middle;
      plan = solve(high);
    } else {
      high = middle;
    }
  }
  return plan;
}

/// Spends what the plan leaves of options.maxGrowth, where equal layers had to
/// change together: the most time a byte first, layouts as they are.
static void spendGrowth(Questions &questions, LayoutPlan &plan,
                        const SelectionOptions &options) {
  int64_t left = *options.maxGrowth - growthOf(questions, plan);
  auto gainOf = [](const Candidate &from, const Candidate &to) {
    return static_cast<double>(from.nanoseconds - to.nanoseconds) /
           static_cast<double>(std::max<int64_t>(to.growth - from.growth, 1));
  };
  auto isGain = [&](const Candidate &from, const Candidate &to) {
    return to.choice.input == from.choice.input &&
           to.choice.output == from.choice.output &&
           to.nanoseconds < from.nanoseconds &&
           to.growth - from.growth <= left &&
           gainOf(from, to) > *options.growthPrice;
  };
  while (true) {
    Candidate *from = nullptr;
    const Candidate *to = nullptr;
    for (auto &[op, question] : questions) {
      unsigned number = plan.states[op].convState;
      if (number >= question.best.size())
        continue;
      Candidate &chosen = question.best[number];
      for (const Candidate &other : question.admitted)
        if (isGain(chosen, other) &&
            (!to || gainOf(chosen, other) > gainOf(*from, *to)))
          from = &chosen, to = &other;
    }
    if (!to)
      return;
    left -= to->growth - from->growth;
    *from = *to;
  }
}

static SelectedTransformation describe(const Conversion &conversion) {
  return {nameOf(conversion.value),
          llvm::SmallVector<int64_t, 6>(
              cast<RankedTensorType>(conversion.value.getType()).getShape()),
          conversion.from, conversion.to, conversion.cost};
}

/// The plan `with` a candidate, beside that without.
static AlternativePlan compare(llvm::Expected<LayoutPlan> with,
                               const LayoutPlan &without) {
  if (!with) {
    llvm::consumeError(with.takeError());
    return {};
  }
  AlternativePlan alternative;
  if (with->cost - without.cost >= kLastResort)
    return alternative; // Another convolution would have no choice left.
  alternative.dearer = std::max<int64_t>(with->cost - without.cost, 0);
  for (const Conversion &conversion : with->conversions)
    if (conversion.cost > 0 &&
        llvm::none_of(without.conversions, [&](const Conversion &other) {
          return other.value == conversion.value &&
                 other.from == conversion.from && other.to == conversion.to;
        }))
      alternative.transformations.push_back(describe(conversion));
  return alternative;
}

/// Annotates `conv` and says why.
static SelectedConvolution decide(const ConvOp &conv, const Question &question,
                                  const Candidate &chosen) {
  MLIRContext *context = conv.op->getContext();
  const Choice &choice = chosen.choice;
  conv.op->setAttr(ConvoptDialect::PrimitiveAttrHelper::getNameStr(),
                   annotate(context, choice, chosen.nanoseconds));
  SelectedConvolution selected{
      nameOf(conv.op->getLoc()),
      conv.layer,
      chosen,
      conv.op->hasAttr(ConvoptDialect::PinnedAttrHelper::getNameStr()),
      {},
      {}};
  std::string name = toString(choice);
  auto isCheaper = [](const Candidate &a, const Candidate &b) {
    return a.cost() < b.cost();
  };
  for (const Candidate &other : question.admitted)
    if (toString(other.choice) != name) // Of equals the catalogue's first.
      selected.others.insert(
          llvm::upper_bound(selected.others, other, isCheaper), other);
  return selected;
}

/// Those of `options` and what pinned primitives ask for.
static llvm::SmallVector<Precision>
precisionsFor(func::FuncOp func, const SelectionOptions &options) {
  llvm::SmallVector<Precision> all = options.precisions;
  func.walk([&](linalg::LinalgOp op) {
    auto attr = op->getAttrOfType<PrimitiveAttr>(
        ConvoptDialect::PrimitiveAttrHelper::getNameStr());
    if (!attr ||
        !op->hasAttr(ConvoptDialect::PinnedAttrHelper::getNameStr()))
      return;
    llvm::Expected<Annotation> pinned = readAnnotation(attr);
    if (!pinned)
      return llvm::consumeError(pinned.takeError()); // Said where it stands.
    const Precision precision = pinned->precision();
    if (precision != Precision::Full && !llvm::is_contained(all, precision))
      all.push_back(precision);
  });
  return all;
}

/// Adds what is chosen for one block to `selection`, and takes what its filters
/// grow by from options.maxGrowth.
static llvm::Error selectForBlock(Block &block, PriceList &prices,
                                  const MachineDescription &machine,
                                  SelectionOptions &options,
                                  Selection &selection) {
  llvm::Expected<Questions> questions =
      askQuestions(block, prices, machine, options, selection.excluded);
  if (!questions)
    return questions.takeError();

  DimensionRoles roles(block);
  auto conversion = [&](Value value, Layout from, Layout to) -> int64_t {
    return roles.ordersDiffer(value)
               ? prices.transformation(value, roles.of(value), from, to)
               : 0;
  };
  auto convStates = [&](const ConvOp &conv) -> std::vector<ConvState> {
    auto question = questions->find(conv.op);
    if (question == questions->end())
      return {{conv.inputLayout, conv.outputLayout}};
    std::vector<ConvState> states;
    for (const Candidate &candidate : question->second.best)
      states.push_back(
          {candidate.choice.input, candidate.choice.output, candidate.cost()});
    if (!conv.op->hasAttr(ConvoptDialect::PinnedAttrHelper::getNameStr()))
      states.push_back({conv.inputLayout, conv.outputLayout, kLastResort});
    return states;
  };
  auto solve = [&](double price) {
    for (auto &[op, question] : *questions) {
      chargeForGrowth(question.admitted, price);
      question.best = bestPerLayouts(question.admitted);
    }
    return planLayouts(block, roles, convStates, conversion);
  };
  llvm::Expected<LayoutPlan> plan =
      planWithinGrowth(*questions, options, solve);
  if (!plan)
    return plan.takeError();

  spendGrowth(*questions, *plan, options);
  options.maxGrowth =
      std::max<int64_t>(*options.maxGrowth - growthOf(*questions, *plan), 0);
  carryPlan(*plan, roles);
  for (auto &[op, question] : *questions) {
    ConvOp conv = *matchConvolution(cast<linalg::LinalgOp>(op));
    const Candidate *chosen = chosenFor(op, question, *plan);
    if (!chosen) {
      selection.excluded.push_back({op->getLoc(), conv.layer,
                                    "has tensors that other uses keep from "
                                    "every layout of a primitive"});
      continue;
    }
    SelectedConvolution selected = decide(conv, question, *chosen);
    if (Attribute filter = options.forms ? constantFilter(conv) : nullptr)
      options.forms->add(filter, conv.layer, chosen->choice, machine);
    auto planWith = [&, op = op](const Candidate &candidate) {
      auto states = [&](const ConvOp &conv) {
        return conv.op == op ? std::vector<ConvState>{{candidate.choice.input,
                                                       candidate.choice.output,
                                                       candidate.cost()}}
                             : convStates(conv);
      };
      return compare(planLayouts(block, roles, states, conversion), *plan);
    };
    if (options.reasons)
      selected.faster = fasterCandidates(*chosen, question.admitted,
                                         question.rejected, planWith);
    selection.convolutions.push_back(std::move(selected));
  }
  for (const Conversion &conversionOf : plan->conversions)
    if (conversionOf.cost > 0)
      selection.transformations.push_back(describe(conversionOf));
  return llvm::Error::success();
}

llvm::Expected<Selection> selectPrimitives(func::FuncOp func,
                                           const CostModel &model,
                                           const MachineDescription &machine,
                                           const SelectionOptions &given) {
  Selection selection;
  if (func.isExternal())
    return selection;
  if (llvm::Expected<Block *> body = oneBlockOf(func); !body)
    return body.takeError();
  SelectionOptions options = withDefaults(given, func);
  PriceList prices(model, machine, options.threads,
                   precisionsFor(func, options));
  // A branch or a loop is a program of its own, whose inputs and results have
  // the layouts in which they are written.
  for (Block *block : programBlocks(func))
    if (llvm::Error error =
            selectForBlock(*block, prices, machine, options, selection))
      return error;
  selection.lacking = model.lacking();
  return selection;
}

} // namespace convopt
