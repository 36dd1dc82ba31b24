// Many rows at a time. A compiler prices some fifty choices of a layer, which
// agree in all features of the layer and the machine, and go the same way at
// most nodes of a tree. So up to 64 rows go down together as the bits of one
// word: what each split answers is asked once for all trees (there are far
// fewer splits than nodes), and a node parts its rows by one `and`. Only nodes
// that a row comes to are seen. The splits of a feature stand in order, so the
// rows of a lower threshold are among those of a higher one: each row's bit is
// set at the first threshold that is not below it, and carried on. Every row's
// sum still runs in the order of the trees, and no comparison differs from
// TreeEnsemble::predict's.

#include "TreeNode.h"
#include "convopt/CostModel/TreeEnsemble.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"

using namespace convopt;

namespace {

using Rows = uint64_t; ///< a bit for each row
constexpr size_t kMaxRows = 64;

/// Rows of `width` features, one after the other.
struct Table {
  llvm::ArrayRef<double> features;
  size_t width, count;

  double at(size_t row, uint16_t feature) const {
    return features[row * width + feature];
  }
};

} // namespace

/// For each of `splits`, which are of one feature and kind, the rows that go
/// left there.
static void answer(llvm::ArrayRef<TreeEnsemble::Split> splits,
                   const Table &table, llvm::MutableArrayRef<Rows> left) {
  const TreeEnsemble::Split &any = splits.front();
  if (any.missing != TreeEnsemble::AsZero) {
    for (auto [split, rows] : llvm::zip_equal(splits, left))
      for (size_t r = 0; r < table.count; ++r)
        rows |= Rows(goesLeft(split, table.at(r, any.feature))) << r;
    return;
  }
  double last = NAN;
  size_t at = 0;
  for (size_t r = 0; r < table.count; ++r) {
    const double x = zeroIfMissing(table.at(r, any.feature));
    if (x != last)
      at = llvm::partition_point(splits,
                                 [&](const TreeEnsemble::Split &split) {
                                   return split.threshold < x;
                                 }) -
           splits.begin();
    last = x;
    if (at < splits.size())
      left[at] |= Rows(1) << r;
  }
  for (size_t i = 1; i < splits.size(); ++i)
    left[i] |= left[i - 1];
}

/// The rows that go left at each of `splits`.
static std::vector<Rows> answerAll(llvm::ArrayRef<TreeEnsemble::Split> splits,
                                   const Table &table) {
  std::vector<Rows> left(splits.size());
  llvm::MutableArrayRef<Rows> rest = left;
  while (!splits.empty()) {
    const TreeEnsemble::Split &first = splits.front();
    const size_t count =
        llvm::find_if(splits,
                      [&](const TreeEnsemble::Split &split) {
                        return split.feature != first.feature ||
                               split.missing != first.missing;
                      }) -
        splits.begin();
    answer(splits.take_front(count), table, rest.take_front(count));
    splits = splits.drop_front(count);
    rest = rest.drop_front(count);
  }
  return left;
}

void TreeEnsemble::predict(llvm::ArrayRef<double> features,
                           llvm::MutableArrayRef<double> sums) const {
  while (!sums.empty()) {
    const size_t width = features.size() / sums.size();
    const size_t count = std::min(sums.size(), kMaxRows);
    predictSome(features.take_front(count * width), sums.take_front(count));
    features = features.drop_front(count * width);
    sums = sums.drop_front(count);
  }
}

void TreeEnsemble::predictSome(llvm::ArrayRef<double> features,
                               llvm::MutableArrayRef<double> sums) const {
  const size_t count = sums.size();
  const std::vector<Rows> left =
      answerAll(splits, {features, features.size() / count, count});
  std::fill(sums.begin(), sums.end(), 0.0);
  struct Branch {
    int32_t node;
    Rows rows;
  };
  llvm::SmallVector<Branch, 64> later; ///< other branches that rows take
  for (const Tree &tree : trees) {
    const Node *own = nodes.data() + tree.firstNode;
    later.push_back({tree.numNodes ? 0 : -1, ~Rows(0) >> (kMaxRows - count)});
    while (!later.empty()) {
      auto [at, rows] = later.pop_back_val();
      while (at >= 0) {
        const Rows goLeft = rows & left[own[at].split];
        const Rows goRight = rows & ~goLeft;
        if (goLeft && goRight)
          later.push_back({own[at].right, goRight});
        at = goLeft ? own[at].left : own[at].right;
        rows = goLeft ? goLeft : goRight;
      }
      const double leaf = leaves[tree.firstLeaf + size_t(-1 - at)];
      for (; rows; rows &= rows - 1)
        sums[llvm::countr_zero(rows)] += leaf;
    }
  }
}
