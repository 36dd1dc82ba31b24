// Reshape, Flatten, Squeeze and Unsqueeze of tensors whose sizes depend on
// data. Memory has the strides of the largest size. So a reshape leaves
// elements where they are only if the open dimension is the outermost one of
// those that are merged or parted. Both shapes fall into groups of as many
// elements each, the smallest there are; in each group at most one dimension
// may be open, none before it may have more than one element, and it becomes
// the first of the result's group, its true size times what stood behind it,
// divided by what stands behind it now.
#include "Sized.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// Entry `dim` of the shape that Reshape is given: -1 for what follows from the
/// rest, nothing if it depends on data.
static std::optional<int64_t> statedSize(const Node &node, size_t dim) {
  if (node.op() != "Reshape")
    return -1;
  const Constant *least = node.least(1), *most = node.most(1);
  if (!least || !most || static_cast<int64_t>(dim) >= most->size() ||
      least->intAt(dim) != most->intAt(dim))
    return std::nullopt;
  int64_t entry = most->intAt(dim);
  return entry == 0 && !node.getInt("allowzero", 0) ? -1 : entry;
}

/// Whether Reshape's shape says every size, so that none is left to data.
static bool statesAll(const Node &node) {
  if (node.op() != "Reshape" || !node.constant(1))
    return false;
  return llvm::all_of(node.constant(1)->ints(),
                      [](int64_t size) { return size > 0; });
}

Error importSizedReshape(Node &node, ImportFunction plain) {
  if (node.op() == "Reshape" && (!node.least(1) || !node.most(1)))
    return node.error("its shape must be known at compile time, or have a "
                      "bound");
  ArrayRef<int64_t> from = node.inputShape(0), to = node.outputShape(0);
  auto refuse = [&] {
    return node.error("moves elements of a size that depends on data");
  };
  auto setSizes = [&]() -> Error {
    if (!node.isSized(0) || statesAll(node))
      return Error::success();
    if (*countElements(from) == 0)
      return refuse();
    // Groups of as many elements each, smallest first.
    size_t i = 0, j = 0;
    while (i < from.size() || j < to.size()) {
      size_t firstFrom = i, firstTo = j;
      int64_t left = i < from.size() ? from[i++] : 1;
      int64_t right = j < to.size() ? to[j++] : 1;
      while (left != right) {
        if (left < right)
          left *= from[i++];
        else
          right *= to[j++];
      }
      std::optional<size_t> open;
      for (size_t dim = firstFrom; dim < i; ++dim) {
        if (!node.inputSize(0, dim))
          continue;
        if (open)
          return refuse();
        open = dim;
      }
      if (!open)
        continue;
      for (size_t dim = firstFrom; dim < *open; ++dim)
        if (from[dim] != 1)
          return refuse();
      size_t target = firstTo;
      while (target < j && to[target] == 1 && from[*open] != 1)
        ++target;
      if (target >= j)
        return refuse();
      if (auto stated = statedSize(node, target); stated && *stated != -1)
        return refuse();
      int64_t inner = 1, innerTo = 1;
      for (size_t dim = *open + 1; dim < i; ++dim)
        inner *= from[dim];
      for (size_t dim = target + 1; dim < j; ++dim)
        innerTo *= to[dim];
      Value size = node.inputSize(0, *open);
      if (inner != innerTo)
        size = computeSize(node, size, [&](Scalar &s, ArrayRef<Value> a) {
          return s.div(s.mul(a[0], s.intConstant(inner)),
                       s.intConstant(innerTo));
        });
      node.setOutputSize(0, target, size);
    }
    return Error::success();
  };
  if (Error error = setSizes())
    return error;
  // A shape from elsewhere must not say more than the tensor's own.
  if (node.op() == "Reshape")
    for (size_t dim = 0; dim < to.size(); ++dim)
      if (!statedSize(node, dim) && !node.outputSize(0, dim))
        return refuse();
  return plain(node);
}

} // namespace convopt
