// The problem is NP-hard, networks are not: most of their nodes have one or two
// neighbours and are folded into them without loss (R0, R1, R2), which leaves a
// small core where concatenations and residuals cross. That is searched depth
// first, each branch reduced anew, against a bound that costs shifted between
// nodes and edges make tight. Usual solvers decide the core by a heuristic
// (RN), which was up to 42 % off on small graphs. The search is exact unless it
// exceeds a budget, counted in nodes rather than in seconds, so that the answer
// is the same on a slow machine.

#include "convopt/Transforms/Pbqp.h"
#include "PbqpGraph.h"
#include <cassert>

namespace convopt {

unsigned PbqpProblem::addNode(llvm::ArrayRef<Cost> costs) {
  assert(!costs.empty());
  nodes.emplace_back(costs.begin(), costs.end());
  return nodes.size() - 1;
}

void PbqpProblem::addEdge(unsigned u, unsigned v, llvm::ArrayRef<Cost> costs) {
  assert(u != v && costs.size() == nodes[u].size() * nodes[v].size());
  PbqpGraph::Matrix matrix{static_cast<unsigned>(nodes[v].size()),
                           std::vector<Cost>(costs)};
  if (u > v) {
    matrix = matrix.transposed();
    std::swap(u, v);
  }
  std::vector<Cost> &sum = edges[{u, v}];
  sum.resize(costs.size());
  for (size_t k = 0; k < sum.size(); ++k)
    sum[k] = addCosts(sum[k], matrix.costs[k]);
}

PbqpProblem::Cost PbqpProblem::evaluate(llvm::ArrayRef<unsigned> states) const {
  Cost total = 0;
  for (unsigned u = 0; u < nodes.size(); ++u)
    total = addCosts(total, nodes[u][states[u]]);
  for (const auto &[ends, costs] : edges)
    total =
        addCosts(total, costs[states[ends.first] * nodes[ends.second].size() +
                              states[ends.second]]);
  return total;
}

namespace {
/// Depth first, the most promising state first; a branch is cut where its
/// bound is no better than the best solution so far.
class Search {
public:
  explicit Search(unsigned size) : size(size), budget(kBudget) {}
  void run(PbqpGraph graph, std::vector<PbqpGraph::Folded> folded);
  std::optional<PbqpProblem::Solution> best;

private:
  bool isWorse(const PbqpGraph &graph) const {
    return best && (graph.bound() >= best->cost || budget < 0);
  }

  /// Nodes that branches start with, in all. Networks need thousands; what
  /// was made to need more gets the best that was found.
  static constexpr int64_t kBudget = 10'000'000;
  unsigned size;
  int64_t budget;
};
} // namespace

void Search::run(PbqpGraph graph, std::vector<PbqpGraph::Folded> folded) {
  budget -= size;
  if (!graph.reduce(folded) || isWorse(graph))
    return;
  if (!graph.tighten() || !graph.reduce(folded) || isWorse(graph))
    return;
  if (std::optional<unsigned> node = graph.widestNode()) {
    for (unsigned state : graph.promisingStates(*node)) {
      PbqpGraph branch = graph;
      branch.restrict(*node, state);
      run(std::move(branch), folded);
      if (isWorse(graph))
        return;
    }
    return;
  }
  PbqpProblem::Solution solution{graph.bound(), std::vector<unsigned>(size)};
  for (const PbqpGraph::Folded &node : llvm::reverse(folded))
    solution.states[node.node] = node.bestState(solution.states);
  best = std::move(solution);
}

std::optional<PbqpProblem::Solution> PbqpProblem::solve() const {
  PbqpGraph graph;
  for (const auto &costs : nodes)
    graph.addNode(costs);
  for (const auto &[ends, costs] : edges)
    graph.addEdge(ends.first, ends.second,
                  {static_cast<unsigned>(nodes[ends.second].size()), costs});
  Search search(nodes.size());
  search.run(std::move(graph), {});
  return search.best;
}

} // namespace convopt
