// Many rows at a time. A compiler prices some thirty choices of a layer, which
// agree in all features of the layer and the machine; about half the nodes ask
// for one of those. So each tree is first cut down to the nodes whose answers
// differ between the rows, then the rows go down together, eight at a time: a
// step is two loads and a selection whose latency the seven others hide, and
// there is no branch to predict. Leaves are nodes that lead to themselves, so
// that all rows take as many steps as the deepest needs. Every row's sum still
// runs in the order of the trees, and no comparison differs from
// TreeEnsemble::predict's.

#include "TreeNode.h"
#include "convopt/CostModel/TreeEnsemble.h"
#include <array>
#include <cstring>

using namespace convopt;

namespace {

/// The rows, with the features in which they differ alone.
struct Rows {
  static constexpr size_t lanes = 8;
  std::vector<double> first;  ///< all features of the first row
  std::vector<int> column;    ///< of each feature; -1: all rows agree
  std::vector<double> values; ///< whole rows, up to a multiple of `lanes`
  size_t width = 0;           ///< of a row of `values`

  Rows(llvm::ArrayRef<double> features, size_t count);
};

/// A node of a tree that was cut down. `next[1]` is taken where the value is
/// at most the threshold.
struct Step {
  double threshold;
  uint16_t column;
  uint16_t next[2]; ///< trees have at most 2^15 nodes
};
static_assert(sizeof(Step) == 16);

/// One tree cut down to what rows differ in.
class CutTree {
public:
  CutTree(const TreeEnsemble::Tables &tables, const Rows &rows)
      : tables(tables), rows(rows) {}

  /// Makes it of `tree`.
  void cut(const TreeEnsemble::Tree &tree);
  /// Adds the leaf of each row to `sums`.
  void addTo(llvm::MutableArrayRef<double> sums) const;

private:
  uint16_t grow(int32_t node, uint32_t above);

  const TreeEnsemble::Tables &tables;
  const Rows &rows;
  const TreeEnsemble::Node *nodes = nullptr; ///< of the tree, as its leaves
  const double *leaves = nullptr;
  std::vector<Step> steps;    ///< the root first
  std::vector<double> values; ///< of each step that is a leaf
  uint32_t depth = 0;         ///< steps to the deepest leaf
};

} // namespace

Rows::Rows(llvm::ArrayRef<double> features, size_t count) {
  const size_t all = features.size() / count;
  for (size_t f = 0; f < all; ++f)
    first.push_back(zeroIfMissing(features[f]));
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

/// Makes the steps below a node (or ~leaf), itself first, and says which it is.
uint16_t CutTree::grow(int32_t node, uint32_t above) {
  while (node >= 0 && rows.column[nodes[node].feature] < 0) {
    const TreeEnsemble::Node &same = nodes[node];
    node = rows.first[same.feature] <= same.threshold ? same.left : same.right;
  }
  const auto at = static_cast<uint16_t>(steps.size());
  if (node < 0) {
    steps.push_back({0, 0, {at, at}});
    values.push_back(leaves[-1 - node]);
    depth = std::max(depth, above);
    return at;
  }
  const TreeEnsemble::Node &split = nodes[node];
  const auto column = static_cast<uint16_t>(rows.column[split.feature]);
  steps.push_back({split.threshold, column, {}});
  values.push_back(0);
  // `steps` may move while they grow.
  const uint16_t left = grow(split.left, above + 1);
  const uint16_t right = grow(split.right, above + 1);
  steps[at].next[0] = right;
  steps[at].next[1] = left;
  return at;
}

void CutTree::cut(const TreeEnsemble::Tree &tree) {
  nodes = tables.nodes.data() + tree.firstNode;
  leaves = tables.leaves.data() + tree.firstLeaf;
  steps.clear();
  values.clear();
  depth = 0;
  grow(tree.numNodes ? 0 : -1, 0);
}

void CutTree::addTo(llvm::MutableArrayRef<double> sums) const {
  if (!depth) {
    for (double &sum : sums)
      sum += values.front();
    return;
  }
  constexpr size_t lanes = Rows::lanes;
  const Step *step = steps.data();
  for (size_t r = 0; r < sums.size(); r += lanes) {
    const double *row = &rows.values[r * rows.width];
    std::array<uint32_t, lanes> at{};
    for (uint32_t d = 0; d < depth; ++d)
      for (size_t i = 0; i < lanes; ++i) {
        const Step &s = step[at[i]];
        at[i] = s.next[row[i * rows.width + s.column] <= s.threshold];
      }
    for (size_t i = 0; i < std::min(lanes, sums.size() - r); ++i)
      sums[r + i] += values[at[i]];
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
  CutTree cut(all, rows);
  for (const Tree &tree : all.trees) {
    cut.cut(tree);
    cut.addTo(sums);
  }
}
