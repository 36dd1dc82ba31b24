#ifndef CONVOPT_COSTMODEL_TREEENSEMBLE_H
#define CONVOPT_COSTMODEL_TREEENSEMBLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
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

  /// 16 bytes, so that a row goes down a kilobyte of a tree of 63 leaves.
  struct Node {
    double threshold;
    uint16_t feature;
    int16_t left, right; ///< nodes, or ~leaf; both from the tree's first
    Missing missing;
  };
  struct Tree {
    uint32_t firstNode, firstLeaf;
    uint32_t numNodes; ///< one less than leaves
  };
  /// The nodes of all trees, one after the other, and their leaves' values.
  struct Tables {
    llvm::ArrayRef<Tree> trees;
    llvm::ArrayRef<Node> nodes;
    llvm::ArrayRef<double> leaves;
  };

  /// An array of trees, each
  ///   {"feature": [...], "threshold": [...], "missing": [...],
  ///    "left": [...], "right": [...], "value": [...]}
  /// node by node from the root: x[feature] <= threshold goes left; a child
  /// c < 0 is leaf -1-c with its value, others stand after their parent. A
  /// tree without nodes is its only value. Errors say which tree is wrong.
  static llvm::Expected<TreeEnsemble> fromJson(const nlohmann::json &trees,
                                               unsigned numFeatures);

  /// The trees as the compiler carries its own: compressed, about 5 bytes a
  /// leaf in place of 24 (see PackTrees.cpp). Errors say why they cannot be
  /// packed: a threshold that is no float, a leaf that is no multiple of 1e-5,
  /// a node that was trained with missing values.
  llvm::Expected<llvm::SmallVector<uint8_t, 0>> pack() const;
  /// The same trees, bit for bit.
  static llvm::Expected<TreeEnsemble> unpack(llvm::ArrayRef<uint8_t> packed,
                                             unsigned numFeatures);

  double predict(llvm::ArrayRef<double> features) const;

  /// The predictions, with the same bits, of `sums.size()` rows that stand one
  /// after the other in `features`. Faster the more of their features agree:
  /// the choices of one layer have all of the layer's and the machine's.
  void predict(llvm::ArrayRef<double> features,
               llvm::MutableArrayRef<double> sums) const;

  Tables tables() const { return {allTrees, allNodes, allLeaves}; }

private:
  void checkNodes();

  std::vector<Tree> allTrees;
  std::vector<Node> allNodes;
  std::vector<double> allLeaves;
  /// Whether every node takes a NaN for 0, as in models of profiles.
  bool allAsZero = true;
};

} // namespace convopt

#endif // CONVOPT_COSTMODEL_TREEENSEMBLE_H
