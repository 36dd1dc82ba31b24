// The assignment of layouts as a PBQP. With operations as the only nodes and
// transpositions on the edges between them, a tensor with three readers in the
// other layout would be charged for three; as a node of its own, whose states
// say how it is produced and whether it is converted too, it is charged once.
// Its edges only say what is possible, and what is lost: an element-wise
// operation that reads a converted tensor can no longer be computed with what
// comes before it. What is free in every order, such as constants, is no node
// and binds nobody.

#include "LayoutGraph.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace convopt {

namespace {
using Cost = PbqpProblem::Cost;

/// A tensor's states: produced as 0, as 1; then the same and converted too.
struct TensorState {
  unsigned produced;
  bool converted;
  bool isAvailable(unsigned order) const {
    return converted || order == produced;
  }
};
const TensorState kTensorStates[] = {
    {0, false}, {1, false}, {0, true}, {1, true}};

class GraphBuilder {
public:
  GraphBuilder(const DimensionRoles &roles, ConversionCost conversion)
      : roles(roles), conversion(conversion) {}

  void addOperation(Operation *op, std::vector<LayoutState> states);
  void addArgument(Value value);
  std::optional<LayoutPlan> solve();

private:
  bool hasNode(Value value) const {
    return isa<RankedTensorType>(value.getType()) &&
           roles.orderCount(value) == 2 && !isFree(value, roles);
  }
  unsigned addTensor(Value value);
  Cost lostFusion(Operation *consumer, Value value) const;

  const DimensionRoles &roles;
  ConversionCost conversion;
  PbqpProblem problem;
  llvm::MapVector<Value, unsigned> tensors;
  struct OperationNode {
    unsigned node;
    std::vector<LayoutState> states;
  };
  llvm::MapVector<Operation *, OperationNode> operations;
};
} // namespace

unsigned GraphBuilder::addTensor(Value value) {
  SmallVector<Cost> costs;
  // Before or after a reshape costs the same; the fewer dimensions the better.
  Cost rank = cast<RankedTensorType>(value.getType()).getRank();
  for (TensorState state : kTensorStates) {
    auto from = static_cast<Layout>(state.produced);
    auto to = static_cast<Layout>(1 - state.produced);
    costs.push_back(state.converted ? conversion(value, from, to) + rank : 0);
  }
  return tensors[value] = problem.addNode(costs);
}

void GraphBuilder::addArgument(Value value) {
  if (!hasNode(value))
    return;
  unsigned argument = problem.addNode({0});
  unsigned written = roles.writtenOrder(value);
  SmallVector<Cost> costs;
  for (TensorState state : kTensorStates)
    costs.push_back(state.produced == written ? 0 : PbqpProblem::kIllegal);
  problem.addEdge(argument, addTensor(value), costs);
}

/// What it costs more to read `value` converted than as it is produced. An
/// element-wise operation can only be computed together with what comes before
/// it if nothing is rewritten in between; else the elements make one more way
/// through memory, half of what a conversion is.
Cost GraphBuilder::lostFusion(Operation *consumer, Value value) const {
  auto op = dyn_cast<linalg::LinalgOp>(consumer);
  if (!op || !linalg::isElementwise(op) ||
      !isa_and_nonnull<linalg::LinalgOp>(value.getDefiningOp()))
    return 1;
  return conversion(value, Layout::NCHW, Layout::NHWC) / 2 + 1;
}

void GraphBuilder::addOperation(Operation *op,
                                std::vector<LayoutState> states) {
  SmallVector<Cost> costs;
  for (const LayoutState &state : states)
    costs.push_back(state.cost);
  unsigned node = problem.addNode(costs);

  for (auto [i, result] : llvm::enumerate(op->getResults())) {
    if (!hasNode(result))
      continue;
    SmallVector<Cost> edge;
    for (const LayoutState &state : states)
      for (TensorState tensor : kTensorStates)
        edge.push_back(
            state.results[i] == tensor.produced ? 0 : PbqpProblem::kIllegal);
    problem.addEdge(node, addTensor(result), edge);
  }
  for (auto [i, operand] : llvm::enumerate(layoutOperands(op))) {
    Value value = operand->get();
    if (!hasNode(value))
      continue;
    Cost lost = lostFusion(op, value);
    SmallVector<Cost> edge;
    for (const LayoutState &state : states)
      for (TensorState tensor : kTensorStates) {
        unsigned order = state.operands[i];
        edge.push_back(!tensor.isAvailable(order) ? PbqpProblem::kIllegal
                       : order == tensor.produced ? 0
                                                  : lost);
      }
    problem.addEdge(node, tensors.lookup(value), edge);
  }
  operations[op] = {node, std::move(states)};
}

std::optional<LayoutPlan> GraphBuilder::solve() {
  std::optional<PbqpProblem::Solution> solution = problem.solve();
  if (!solution)
    return std::nullopt;
  LayoutPlan plan;
  plan.cost = solution->cost;
  for (auto &[op, node] : operations)
    plan.states[op] = node.states[solution->states[node.node]];
  for (auto [value, node] : tensors) {
    TensorState state = kTensorStates[solution->states[node]];
    if (!state.converted)
      continue;
    auto from = static_cast<Layout>(state.produced);
    auto to = static_cast<Layout>(1 - state.produced);
    plan.conversions.push_back({value, from, to, conversion(value, from, to)});
  }
  return plan;
}

llvm::Error errorAt(Operation *op, StringRef why) {
  std::string text;
  llvm::raw_string_ostream(text) << op->getLoc() << ": " << why;
  return llvm::createStringError(text);
}

llvm::Expected<LayoutPlan> planLayouts(Block &block,
                                       const DimensionRoles &roles,
                                       ConvStatesOf convStates,
                                       ConversionCost conversion) {
  GraphBuilder graph(roles, conversion);
  for (BlockArgument argument : block.getArguments())
    graph.addArgument(argument);
  for (Value value : outerTensors(block))
    graph.addArgument(value);
  for (Operation &op : block) {
    if (isPartOfConvolution(&op))
      continue;
    std::vector<LayoutState> states =
        layoutStates(&op, roles, convStates, conversion);
    if (states.empty())
      return errorAt(&op, "the tensors of this convolution cannot be stored in "
                          "the layouts of its primitive");
    graph.addOperation(&op, std::move(states));
  }
  std::optional<LayoutPlan> plan = graph.solve();
  if (!plan)
    return errorAt(block.getParentOp(), "no assignment of layouts is legal");
  return std::move(*plan);
}

} // namespace convopt
