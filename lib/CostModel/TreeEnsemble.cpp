// LightGBM's rules, each of which shows in the last bit or in a wrong branch:
// a split is `<=` in double; NaN is 0 unless the node was trained with missing
// values; values of magnitude up to 1e-35f count as 0; the sum starts at 0 and
// runs in the order of the trees.

#include "convopt/CostModel/TreeEnsemble.h"
#include "TreeNode.h"
#include "llvm/ADT/STLExtras.h"
#include <limits>
#include <nlohmann/json.hpp>

using namespace convopt;
using llvm::createStringError;
using nlohmann::json;

static_assert(sizeof(TreeEnsemble::Node) == 8);

static bool isArrayOf(const json &tree, const char *key, bool integers) {
  auto it = tree.find(key);
  if (it == tree.end() || !it->is_array())
    return false;
  for (const json &element : *it)
    if (integers ? !element.is_number_integer() : !element.is_number())
      return false;
  return true;
}

/// Empty, or what is wrong with the form of one tree.
static std::string checkForm(const json &tree) {
  if (!tree.is_object())
    return "is not an object";
  for (const char *key : {"feature", "missing", "left", "right"})
    if (!isArrayOf(tree, key, /*integers=*/true))
      return std::string("has no array of integers '") + key + "'";
  for (const char *key : {"threshold", "value"})
    if (!isArrayOf(tree, key, /*integers=*/false))
      return std::string("has no array of numbers '") + key + "'";
  size_t count = tree["feature"].size();
  for (const char *key : {"threshold", "missing", "left", "right"})
    if (tree[key].size() != count)
      return std::string("has another number of '") + key + "' than nodes";
  if (tree["value"].size() != count + 1)
    return "has not one leaf more than nodes";
  if (count > std::numeric_limits<int16_t>::max())
    return "has too many nodes";
  return "";
}

llvm::Expected<TreeEnsemble> TreeEnsemble::fromJson(const json &array,
                                                    unsigned numFeatures) {
  TreeEnsemble ensemble;
  std::vector<Split> asked; // of each node
  if (!array.is_array())
    return createStringError("trees are not an array");
  for (size_t t = 0; t < array.size(); ++t) {
    const json &tree = array[t];
    if (std::string wrong = checkForm(tree); !wrong.empty())
      return createStringError("tree %zu %s", t, wrong.c_str());
    int64_t count = tree["feature"].size();
    ensemble.trees.push_back({uint32_t(asked.size()),
                              uint32_t(ensemble.leaves.size()),
                              uint32_t(count)});
    for (int64_t n = 0; n < count; ++n) {
      int64_t feature = tree["feature"][n], missing = tree["missing"][n];
      if (feature < 0 || feature >= numFeatures)
        return createStringError(
            "tree %zu: node %lld splits unknown feature %lld", t, (long long)n,
            (long long)feature);
      if (missing < AsZero || missing > ZeroRight)
        return createStringError("tree %zu: node %lld has unknown 'missing'", t,
                                 (long long)n);
      int64_t children[] = {tree["left"][n], tree["right"][n]};
      // Children after their parents: every walk ends.
      for (int64_t child : children)
        if (child >= count || child < -count - 1 || (child >= 0 && child <= n))
          return createStringError("tree %zu: node %lld has no child %lld", t,
                                   (long long)n, (long long)child);
      asked.push_back({tree["threshold"][n].get<double>(), uint16_t(feature),
                       Missing(missing)});
      ensemble.nodes.push_back({0, int16_t(children[0]), int16_t(children[1])});
    }
    for (const json &value : tree["value"])
      ensemble.leaves.push_back(value);
  }
  ensemble.splits = asked;
  llvm::sort(ensemble.splits);
  auto same = [](const Split &a, const Split &b) { return !(a < b); };
  ensemble.splits.erase(llvm::unique(ensemble.splits, same),
                        ensemble.splits.end());
  for (auto [node, split] : llvm::zip_equal(ensemble.nodes, asked))
    node.split =
        llvm::lower_bound(ensemble.splits, split) - ensemble.splits.begin();
  return ensemble;
}

double TreeEnsemble::predict(llvm::ArrayRef<double> features) const {
  double sum = 0;
  for (const Tree &tree : trees) {
    int at = tree.numNodes ? 0 : -1;
    while (at >= 0) {
      const Node &node = nodes[tree.firstNode + at];
      const Split &split = splits[node.split];
      at = goesLeft(split, features[split.feature]) ? node.left : node.right;
    }
    sum += leaves[tree.firstLeaf + size_t(-1 - at)];
  }
  return sum;
}
