// Many rows at a time. A compiler prices some thirty choices of a layer, which
// agree in all features of the layer and the machine; about half the nodes ask
// for one of those. So each tree is first cut down to the nodes whose answers
// differ between the rows (path compression, children before their parents),
// then the rows go down together, eight at a time: a step is two loads and a
// selection whose latency the seven others hide, and there is no branch to
// predict. Leaves are nodes that lead to themselves, so that all rows take as
// many steps as the deepest needs. Every row's sum still runs in the order of
// the trees, and no comparison differs from TreeEnsemble::predict's.

#include "TreeNode.h"
#include "convopt/CostModel/TreeEnsemble.h"
#include <cstring>

using namespace convopt;

namespace {

/// The rows, with the features in which they differ alone.
struct Rows {
  static constexpr size_t lanes = 8;
  llvm::ArrayRef<double> first; ///< all features of the first row
  std::vector<int> column;      ///< of each feature; -1: all rows agree
  std::vector<double> values;   ///< whole rows, up to a multiple of `lanes`
  size_t width = 0;             ///< of a row of `values`

  Rows(llvm::ArrayRef<double> features, size_t count);
};

/// A node of a tree that was cut down. `next[1]` is taken where the value is
/// at most the threshold.
struct Step {
  double threshold;
  uint32_t column;
  int32_t next[2];
};

/// One tree cut down to what rows differ in.
class CutTree {
public:
  /// Makes it; at(0) is the root.
  void cut(const TreeEnsemble::Tables &tables, const TreeEnsemble::Tree &tree,
           const Rows &rows);
  /// Adds the leaf of each row to `sums`.
  void addTo(const Rows &rows, llvm::MutableArrayRef<double> sums) const;

private:
  std::vector<int32_t> target; ///< a node or ~leaf, for each node
  std::vector<uint32_t> height;
  std::vector<Step> steps;    ///< the nodes, then the leaves
  const double *leaves;       ///< of the tree
  int32_t numNodes, root = 0; ///< root: a step
  uint32_t depth = 0;
};

} // namespace

Rows::Rows(llvm::ArrayRef<double> features, size_t count) {
  const size_t all = features.size() / count;
  first = features.take_front(all);
  column.assign(all, -1);
  for (size_t f = 0; f < all; ++f)
    for (size_t r = 1; r < count; ++r)
      if (std::memcmp(&features[r * all + f], &features[f], sizeof(double))) {
        column[f] = static_cast<int>(width++);
        break;
      }
  values.assign((count + lanes - 1) / lanes * lanes * width, 0);
  for (size_t r = 0; r < count; ++r)
    for (size_t f = 0; f < all; ++f)
      if (column[f] >= 0)
        values[r * width + column[f]] = zeroIfMissing(features[r * all + f]);
}

void CutTree::cut(const TreeEnsemble::Tables &tables,
                  const TreeEnsemble::Tree &tree, const Rows &rows) {
  auto nodes = tables.nodes.slice(tree.firstNode, tree.numNodes);
  leaves = tables.leaves.data() + tree.firstLeaf;
  numNodes = static_cast<int32_t>(nodes.size());
  const size_t numSteps = 2 * nodes.size() + 1;
  if (steps.size() < numSteps) {
    steps.resize(numSteps);
    target.resize(numSteps);
    height.resize(numSteps);
  }
  // Leaf l is step numNodes + l.
  auto follow = [&](int32_t child) {
    return child < 0 ? numNodes - 1 - child : target[child];
  };
  for (int32_t n = numNodes; n-- > 0;) {
    const TreeEnsemble::Node &node = nodes[n];
    const int32_t left = follow(node.left), right = follow(node.right);
    const int column = rows.column[node.feature];
    if (left == right) {
      target[n] = left;
    } else if (column < 0) {
      const double x = zeroIfMissing(rows.first[node.feature]);
      target[n] = x <= node.threshold ? left : right;
    } else {
      target[n] = n;
      steps[n] = {node.threshold, static_cast<uint32_t>(column), {right, left}};
      height[n] = 1 + std::max(left < numNodes ? height[left] : 0,
                               right < numNodes ? height[right] : 0);
    }
  }
  root = numNodes ? target[0] : 0;
  depth = root < numNodes ? height[root] : 0;
  if (depth)
    for (int32_t leaf = numNodes; leaf <= 2 * numNodes; ++leaf)
      steps[leaf] = {0, 0, {leaf, leaf}};
}

void CutTree::addTo(const Rows &rows,
                    llvm::MutableArrayRef<double> sums) const {
  if (!depth) {
    for (double &sum : sums)
      sum += leaves[root - numNodes];
    return;
  }
  constexpr size_t lanes = Rows::lanes;
  for (size_t r = 0; r < sums.size(); r += lanes) {
    const double *row = &rows.values[r * rows.width];
    int32_t at[lanes];
    std::fill_n(at, lanes, root);
    for (uint32_t d = 0; d < depth; ++d)
      for (size_t i = 0; i < lanes; ++i) {
        const Step &step = steps[at[i]];
        at[i] = step.next[row[i * rows.width + step.column] <= step.threshold];
      }
    for (size_t i = 0; i < std::min(lanes, sums.size() - r); ++i)
      sums[r + i] += leaves[at[i] - numNodes];
  }
}

void TreeEnsemble::predict(llvm::ArrayRef<double> features,
                           llvm::MutableArrayRef<double> sums) const {
  const size_t count = sums.size();
  if (count == 0)
    return;
  if (!allAsZero) {
    const size_t width = features.size() / count;
    for (size_t r = 0; r < count; ++r)
      sums[r] = predict(features.slice(r * width, width));
    return;
  }
  std::fill(sums.begin(), sums.end(), 0.0);
  const Rows rows(features, count);
  const Tables all = tables();
  CutTree cut;
  for (const Tree &tree : all.trees) {
    cut.cut(all, tree, rows);
    cut.addTo(rows, sums);
  }
}
