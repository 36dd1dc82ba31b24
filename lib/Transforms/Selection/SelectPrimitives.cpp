// Which primitive computes each convolution of a function, for the whole at
// once: a fast one in a layout that its neighbours do not have costs
// transpositions. Every convolution is a question with its admitted answers,
// one plan answers all, as fast as memory and exactness let it.

#include "convopt/Transforms/SelectPrimitives.h"
#include "CarriedPlan.h"
#include "FasterCandidates.h"
#include "NestedBlocks.h"
#include "OneBlock.h"
#include "PlanWithinLimits.h"
#include "convopt/IR/Constants.h"
#include "convopt/IR/LeastByte.h"
#include "convopt/IR/LocationText.h"
#include "convopt/Primitives/Annotation.h"
#include "convopt/Transforms/PackedForms.h"
#include "mlir/IR/Matchers.h"
#include <cmath>

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

double Selection::error() const {
  double squares = 0;
  for (const SelectedConvolution &conv : convolutions)
    squares += conv.chosen.error * conv.chosen.error;
  return std::sqrt(squares);
}

/// By how much `chosen` is faster than what computes in the layer's own types,
/// if that is the same or could have been chosen.
static std::optional<int64_t> savedBy(const Candidate &chosen,
                                      const Question &question) {
  auto isReduced = [](const Candidate &candidate) {
    return candidate.choice.variant.precision != Precision::Full;
  };
  if (!isReduced(chosen))
    return std::nullopt;
  const Candidate *best = nullptr;
  auto rank = [&](const Candidate &other) {
    return std::tuple(other.choice.input != chosen.choice.input ||
                          other.choice.output != chosen.choice.output,
                      other.nanoseconds);
  };
  for (const Candidate &other : question.admitted)
    if (!isReduced(other) && (!best || rank(other) < rank(*best)))
      best = &other;
  if (!best)
    return std::nullopt;
  return best->nanoseconds - chosen.nanoseconds;
}

/// Says of a convolution of bytes that none of its weights is the least, if so.
static void markWeights(const ConvOp &conv, const MachineDescription &machine) {
  const ConvTypes &types = conv.layer.types;
  ElementsAttr weights;
  if (machine.isX86() || !isQuantised(types) ||
      types.filter != ElementType::I8 ||
      !matchPattern(conv.filter, m_Constant(&weights)))
    return;
  const std::optional<double> splat = getSplat(conv.filter);
  ArrayRef<char> bytes = getRawBytes(weights);
  const bool isWhole = int64_t(bytes.size()) == weights.getNumElements();
  if (splat ? *splat > -128 : isWhole && !llvm::is_contained(bytes, char(-128)))
    conv.op->setAttr(noLeastByteAttr, UnitAttr::get(conv.op->getContext()));
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
      savedBy(chosen, question),
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
    if (!attr || !op->hasAttr(ConvoptDialect::PinnedAttrHelper::getNameStr()))
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

/// Adds what is chosen for one block to `selection`, and takes what that spends
/// from options.maxGrowth and `squares`, the squared errors that are left.
static llvm::Error selectForBlock(Block &block, PriceList &prices,
                                  const MachineDescription &machine,
                                  SelectionOptions &options,
                                  std::optional<double> &squares,
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
  const ExpenseLimits limits{*options.maxGrowth, *options.growthPrice, squares};
  llvm::Expected<LayoutPlan> plan = planWithinLimits(*questions, limits, [&] {
    return planLayouts(block, roles, convStates, conversion);
  });
  if (!plan)
    return plan.takeError();

  const Expense spent = expenseOf(*questions, *plan);
  options.maxGrowth = std::max(*options.maxGrowth - spent.growth,
                               std::min<int64_t>(*options.maxGrowth, 0));
  if (squares)
    squares = std::max(*squares - spent.squares, 0.0);
  selection.growth += spent.growth;
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
    markWeights(conv, machine);
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
  selection.maxError = given.maxError;
  if (func.isExternal())
    return selection;
  if (llvm::Expected<Block *> body = oneBlockOf(func); !body)
    return body.takeError();
  SelectionOptions options = withDefaults(given, func);
  PriceList prices(model, machine, options.threads,
                   precisionsFor(func, options));
  // A branch or a loop is a program of its own, whose inputs and results have
  // the layouts in which they are written.
  std::optional<double> squares;
  if (options.maxError)
    squares = *options.maxError * *options.maxError;
  selection.constantBytes = constantBytes(func);
  for (Block *block : programBlocks(func))
    if (llvm::Error error = selectForBlock(*block, prices, machine, options,
                                           squares, selection))
      return error;
  selection.lacking = model.lacking();
  return selection;
}

} // namespace convopt
