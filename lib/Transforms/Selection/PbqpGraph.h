#ifndef CONVOPT_LIB_TRANSFORMS_PBQPGRAPH_H
#define CONVOPT_LIB_TRANSFORMS_PBQPGRAPH_H

#include "convopt/Transforms/Pbqp.h"

namespace convopt {

/// A problem while it is being solved: nodes disappear from it one by one.
/// Every change keeps the cost of each complete solution, except that a node
/// which is folded away leaves the best it could do with its neighbours.
class PbqpGraph {
public:
  using Cost = PbqpProblem::Cost;
  static constexpr Cost kIllegal = PbqpProblem::kIllegal;

  struct Matrix {
    unsigned columns = 0;
    std::vector<Cost> costs;
    Cost &at(unsigned i, unsigned j) { return costs[i * columns + j]; }
    Cost at(unsigned i, unsigned j) const { return costs[i * columns + j]; }
    Matrix transposed() const;
  };

  /// A node as it was when it was folded away: enough to choose its state
  /// once its neighbours have theirs.
  struct Folded {
    unsigned node;
    llvm::SmallVector<Cost, 4> costs;
    std::vector<std::pair<unsigned, Matrix>> edges; ///< rows are this node's
    unsigned bestState(llvm::ArrayRef<unsigned> states) const;
  };

  void addNode(llvm::ArrayRef<Cost> costs);
  void addEdge(unsigned u, unsigned v, const Matrix &matrix);

  /// Folds away every node with at most two neighbours and every node with
  /// one legal state, until there are none; appends them to `folded`. False
  /// if no legal solution is left.
  bool reduce(std::vector<Folded> &folded);

  /// Moves as much cost as it can into `bound`.
  bool tighten();

  /// No solution costs less.
  Cost bound() const { return constant; }

  /// The node with the most neighbours (of equals the lowest), or nothing if
  /// all nodes are gone.
  std::optional<unsigned> widestNode() const;
  /// Its legal states, the most promising first.
  llvm::SmallVector<unsigned, 4> promisingStates(unsigned node) const;
  /// Makes all its other states illegal.
  void restrict(unsigned node, unsigned state);

private:
  struct Node {
    bool alive = true;
    llvm::SmallVector<Cost, 4> costs;
    /// Each edge is kept at both ends, rows being the own states.
    std::map<unsigned, Matrix> edges;
  };
  unsigned countLegal(const Node &node) const;
  void fold(unsigned u, std::vector<Folded> &folded);
  bool project(unsigned u, unsigned v);
  bool collectMinimum(unsigned u);
  void setEdge(unsigned u, unsigned v, Matrix matrix);

  std::vector<Node> nodes;
  Cost constant = 0;
};

/// Saturates at kIllegal.
inline PbqpProblem::Cost addCosts(PbqpProblem::Cost a, PbqpProblem::Cost b) {
  return a >= PbqpProblem::kIllegal || b >= PbqpProblem::kIllegal
             ? PbqpProblem::kIllegal
             : a + b;
}

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_PBQPGRAPH_H
