// The attributes of a TreeEnsemble are parallel lists that name nodes, leaves
// and targets by number. Whoever goes down the trees checks none of these
// numbers, so all are checked here, and that no way leads in a circle.

#include "Forest.h"
#include <cmath>

using namespace mlir;
using llvm::Expected;

namespace convopt {

static bool within(ArrayRef<int64_t> list, int64_t end) {
  return llvm::all_of(list, [&](int64_t i) { return i >= 0 && i < end; });
}

/// The sets are listed in the order of their nodes, each behind the other with
/// NaN between them.
static bool readSets(Forest &forest, ArrayRef<double> listed) {
  if (!llvm::is_contained(forest.modes, MEMBER))
    return true;
  size_t next = 0;
  for (int64_t mode : forest.modes) {
    forest.sets.push_back(static_cast<int64_t>(forest.members.size()));
    if (mode != MEMBER)
      continue;
    if (next >= listed.size())
      return false;
    while (next < listed.size() && !std::isnan(listed[next]))
      forest.members.push_back(listed[next++]);
    ++next;
  }
  forest.sets.push_back(static_cast<int64_t>(forest.members.size()));
  return next >= listed.size();
}

/// Whether every way down ends.
static bool hasNoCircle(const Forest &forest) {
  enum Colour : char { NEW, OPEN, DONE };
  std::vector<char> colours(forest.yes.size(), NEW);
  SmallVector<int64_t> stack;
  for (int64_t root : forest.roots) {
    stack.push_back(root);
    while (!stack.empty()) {
      const int64_t at = stack.back();
      if (colours[at] != NEW) {
        colours[at] = DONE;
        stack.pop_back();
        continue;
      }
      colours[at] = OPEN;
      for (int64_t child : {forest.yes[at], forest.no[at]}) {
        if (child < 0 || colours[child] == DONE)
          continue;
        if (colours[child] == OPEN)
          return false;
        stack.push_back(child);
      }
    }
  }
  return true;
}

/// Writes the children as places of nodes or, below zero, of leaves.
static bool readChildren(const Node &node, StringRef which, size_t leaves,
                         std::vector<int64_t> &children) {
  auto places = node.getInts(("nodes_" + which + "nodeids").str());
  auto isLeaf = node.getInts(("nodes_" + which + "leafs").str());
  if (!places || !isLeaf || places->size() != isLeaf->size())
    return false;
  for (auto [place, leaf] : llvm::zip_equal(*places, *isLeaf)) {
    const size_t end = leaf ? leaves : places->size();
    if (place < 0 || static_cast<size_t>(place) >= end)
      return false;
    children.push_back(leaf ? -1 - place : place);
  }
  return true;
}

Expected<Forest> readForest(Node &node, int64_t columns, int64_t targets) {
  auto modes = node.getTensor("nodes_modes");
  if (!modes)
    return modes.takeError();
  auto splits = node.getTensor("nodes_splits");
  if (!splits)
    return splits.takeError();
  auto weights = node.getTensor("leaf_weights");
  if (!weights)
    return weights.takeError();
  std::vector<double> members;
  if (node.hasAttribute("membership_values")) {
    auto listed = node.getTensor("membership_values");
    if (!listed)
      return listed.takeError();
    members = listed->doubles();
  }
  Forest forest;
  forest.modes = modes->ints();
  forest.splits = splits->doubles();
  forest.weights = weights->doubles();
  forest.features =
      node.getInts("nodes_featureids").value_or(std::vector<int64_t>());
  forest.roots = node.getInts("tree_roots").value_or(std::vector<int64_t>());
  forest.targets =
      node.getInts("leaf_targetids").value_or(std::vector<int64_t>());
  forest.tracks = node.getInts("nodes_missing_value_tracks_true")
                      .value_or(std::vector<int64_t>());
  const size_t nodes = forest.modes.size();
  const auto count = static_cast<int64_t>(nodes);
  if (!readChildren(node, "true", forest.weights.size(), forest.yes) ||
      !readChildren(node, "false", forest.weights.size(), forest.no) ||
      forest.splits.size() != nodes || forest.features.size() != nodes ||
      forest.yes.size() != nodes || forest.no.size() != nodes ||
      (!forest.tracks.empty() && forest.tracks.size() != nodes) ||
      forest.targets.size() != forest.weights.size() || forest.roots.empty() ||
      !within(forest.features, columns) || !within(forest.modes, MEMBER + 1) ||
      !within(forest.targets, targets) || !within(forest.roots, count) ||
      !readSets(forest, members))
    return node.error("its attributes do not fit");
  if (!hasNoCircle(forest))
    return node.error("its nodes form a circle");
  if (llvm::all_of(forest.tracks, [](int64_t track) { return track == 0; }))
    forest.tracks.clear();
  return forest;
}

} // namespace convopt
