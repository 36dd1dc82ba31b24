// Operators that give a tensor another shape, or its elements another order.
#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// The new shape is what ONNX inferred; axes and target shapes were read there.
static Error importReshape(Node &node) {
  ArrayRef<int64_t> shape = node.outputShape(0);
  if (countElements(shape) != countElements(node.inputShape(0)))
    return node.error("the new shape has another number of elements");
  if (const Constant *constant = node.constant(0))
    return node.setOutput(0, constant->reshaped(shape));
  return node.setOutput(0, reshape(node, node.input(0), shape));
}

static Error importTranspose(Node &node) {
  int64_t rank = static_cast<int64_t>(node.inputShape(0).size());
  std::vector<int64_t> perm;
  for (int64_t i = rank; i-- > 0;)
    perm.push_back(i);
  if (auto given = node.getInts("perm"))
    perm = *given;
  auto axes = node.normalizeAxes(perm, rank);
  if (!axes)
    return axes.takeError();
  if (static_cast<int64_t>(axes->size()) != rank)
    return node.error("perm does not have the rank of the input");
  for (int64_t &axis : perm)
    axis += axis < 0 ? rank : 0;
  if (const Constant *constant = node.constant(0))
    return node.setOutput(0, constant->transposed(perm));
  return node.setOutput(0, transpose(node, node.input(0), perm));
}

void registerShapeOps(OpTable &table) {
  table["Reshape"] = importReshape;
  table["Flatten"] = importReshape;
  table["Squeeze"] = importReshape;
  table["Unsqueeze"] = importReshape;
  table["Transpose"] = importTranspose;
}

} // namespace convopt
