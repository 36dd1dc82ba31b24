#include "Fold.h"

using namespace llvm;

namespace convopt {

static constexpr int64_t foldLimit = 1 << 14;

bool isSmall(const Node &node) {
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (node.hasInput(i) &&
        (!node.constant(i) || node.constant(i)->size() > foldLimit))
      return false;
  for (size_t i = 0; i < node.numOutputs(); ++i)
    if (node.hasOutput(i) && *countElements(node.outputShape(i)) > foldLimit)
      return false;
  return node.hasOutput(0);
}

Expected<bool> done(Error error) {
  if (error)
    return std::move(error);
  return true;
}

std::vector<int64_t> broadcastIndices(ArrayRef<int64_t> from,
                                      ArrayRef<int64_t> to) {
  std::vector<int64_t> indices{0};
  int64_t stride = 1;
  for (size_t i = 0; i < to.size(); ++i) {
    size_t axis = to.size() - 1 - i;
    int64_t dim = i < from.size() ? from[from.size() - 1 - i] : 1;
    std::vector<int64_t> next;
    next.reserve(indices.size() * to[axis]);
    for (int64_t at = 0; at < to[axis]; ++at)
      for (int64_t inner : indices)
        next.push_back(inner + (dim == 1 ? 0 : at * stride));
    indices = std::move(next);
    stride *= dim;
  }
  return indices;
}

const FoldTable &getFoldTable() {
  static const FoldTable table = [] {
    FoldTable all;
    registerElementwiseFolds(all);
    registerMovementFolds(all);
    return all;
  }();
  return table;
}

} // namespace convopt
