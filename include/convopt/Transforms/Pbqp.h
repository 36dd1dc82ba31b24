#ifndef CONVOPT_TRANSFORMS_PBQP_H
#define CONVOPT_TRANSFORMS_PBQP_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <vector>

namespace convopt {

/// A partitioned boolean quadratic problem: each node takes one of its states,
/// each state has a cost, and so has each pair of states that an edge joins.
/// Costs are whole numbers, so that the same problem has the same solution on
/// every machine.
class PbqpProblem {
public:
  using Cost = int64_t;
  /// Marks what must not be chosen; every other cost is at least 0 and small
  /// enough for a sum over the whole problem.
  static constexpr Cost kIllegal = std::numeric_limits<Cost>::max() / 4;

  struct Solution {
    Cost cost = 0;
    /// The state of each node.
    std::vector<unsigned> states;
  };

  /// Adds a node with a state for each of `costs`; returns its number.
  unsigned addNode(llvm::ArrayRef<Cost> costs);

  /// Adds to the edge between two different nodes, row-major, a row for each
  /// state of `u` and a column for each of `v`.
  void addEdge(unsigned u, unsigned v, llvm::ArrayRef<Cost> costs);

  /// The cheapest legal solution, or nothing if there is none. Exact: nodes
  /// with at most two neighbours are folded into them (the reductions R0, R1
  /// and R2 of Scholz and Eckstein, LCTES 2002), what remains is searched by
  /// branch and bound. Of equally cheap states the lowest is taken. A search
  /// that would take minutes ends with the best solution found; no network
  /// that anybody uses comes near it.
  std::optional<Solution> solve() const;

  unsigned size() const { return nodes.size(); }
  unsigned stateCount(unsigned node) const { return nodes[node].size(); }
  /// What `states` costs; kIllegal if it is not legal.
  Cost evaluate(llvm::ArrayRef<unsigned> states) const;

private:
  std::vector<llvm::SmallVector<Cost, 4>> nodes;
  /// By (lower node, higher node); rows belong to the lower.
  std::map<std::pair<unsigned, unsigned>, std::vector<Cost>> edges;
};

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_PBQP_H
