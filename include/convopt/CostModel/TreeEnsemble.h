#ifndef CONVOPT_COSTMODEL_TREEENSEMBLE_H
#define CONVOPT_COSTMODEL_TREEENSEMBLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace convopt {

/// Gradient-boosted regression trees as LightGBM grows them: the sum, in
/// order, of one leaf a tree. Bit for bit equal to LightGBM's own prediction
/// for NaN and values up to 1e300 (which stands for its infinite thresholds).
class TreeEnsemble {
public:
  /// What a NaN does at a node; `Zero*`: what a zero does, too.
  enum Missing : uint8_t { AsZero, NanLeft, NanRight, ZeroLeft, ZeroRight };

  /// An array of trees, each
  ///   {"feature": [...], "threshold": [...], "missing": [...],
  ///    "left": [...], "right": [...], "value": [...]}
  /// node by node from the root: x[feature] <= threshold goes left; a child
  /// c < 0 is leaf -1-c with its value, others stand after their parent. A
  /// tree without nodes is its only value. Errors say which tree is wrong.
  static llvm::Expected<TreeEnsemble> fromJson(const nlohmann::json &trees,
                                               unsigned numFeatures);

  double predict(llvm::ArrayRef<double> features) const;

private:
  struct Node {
    double threshold;
    uint16_t feature;
    Missing missing;
    int32_t left, right; ///< nodes, or ~leaf; both from the tree's first
  };
  struct Tree {
    size_t firstNode, numNodes, firstLeaf;
  };
  std::vector<Tree> trees;
  std::vector<Node> nodes;
  std::vector<double> leaves;
};

} // namespace convopt

#endif // CONVOPT_COSTMODEL_TREEENSEMBLE_H
