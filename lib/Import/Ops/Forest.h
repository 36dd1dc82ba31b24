#ifndef CONVOPT_IMPORT_OPS_FOREST_H
#define CONVOPT_IMPORT_OPS_FOREST_H

#include "Ops.h"

namespace convopt {

/// What a node asks of its feature, by the standard's numbers.
enum Mode : int64_t { LEQ, LT, GTE, GT, EQ, NEQ, MEMBER };

/// All trees in one table of nodes; both children of a node are a place in it
/// or, below zero, a leaf's.
struct Forest {
  std::vector<int64_t> features, modes, yes, no, roots, targets;
  /// Whether NaN goes where the comparison holds; empty if nowhere.
  std::vector<int64_t> tracks;
  std::vector<double> splits, weights, members;
  /// Of each node where its set begins in `members`, and one more for the end;
  /// empty without sets.
  std::vector<int64_t> sets;
};

/// That of a TreeEnsemble whose input has so many columns and whose output so
/// many targets. All its places are there, and every way down ends.
llvm::Expected<Forest> readForest(Node &node, int64_t columns, int64_t targets);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_FOREST_H
