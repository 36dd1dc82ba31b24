#ifndef CONVOPT_COSTMODEL_TREEENSEMBLE_H
#define CONVOPT_COSTMODEL_TREEENSEMBLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include <nlohmann/json_fwd.hpp>
#include <tuple>
#include <vector>

namespace convopt {

/// Gradient-boosted regression trees as LightGBM grows them: the sum, in
/// order, of one leaf a tree. Bit for bit equal to LightGBM's own prediction
/// for NaN and values up to 1e300 (which stands for its infinite thresholds).
class TreeEnsemble {
public:
  /// What a NaN does at a node; `Zero*`: what a zero does, too.
  enum Missing : uint8_t { AsZero, NanLeft, NanRight, ZeroLeft, ZeroRight };

  /// What a node asks: whether the feature is at most the threshold. LightGBM
  /// splits at the bounds of some hundred bins, so nodes share their splits.
  struct Split {
    double threshold;
    uint16_t feature;
    Missing missing;
    bool operator<(const Split &other) const {
      return std::tie(feature, missing, threshold) <
             std::tie(other.feature, other.missing, other.threshold);
    }
  };
  /// 8 bytes, so that a row goes down half a kilobyte of a tree of 63 leaves.
  struct Node {
    uint32_t split;
    int16_t left, right; ///< nodes, or ~leaf; both from the tree's first
  };
  struct Tree {
    uint32_t firstNode, firstLeaf;
    uint32_t numNodes; ///< one less than leaves
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
  /// after the other in `features`. Faster the more rows go the same ways: the
  /// choices of one layer agree in what the layer and the machine are.
  void predict(llvm::ArrayRef<double> features,
               llvm::MutableArrayRef<double> sums) const;

private:
  /// predict for at most 64 rows.
  void predictSome(llvm::ArrayRef<double> features,
                   llvm::MutableArrayRef<double> sums) const;

  std::vector<Split> splits; ///< each once, in order
  std::vector<Tree> trees;
  std::vector<Node> nodes; ///< of all trees, one after the other
  std::vector<double> leaves;
};

} // namespace convopt

#endif // CONVOPT_COSTMODEL_TREEENSEMBLE_H
