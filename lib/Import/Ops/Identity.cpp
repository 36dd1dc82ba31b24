#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

static Error importIdentity(Node &node) { return node.forward(0, 0); }

/// Inference keeps everything, and so does training that drops nothing; the
/// mask is then all true.
static Error importDropout(Node &node) {
  const Constant *ratio = node.hasInput(1) ? node.constant(1) : nullptr;
  const bool drops = !ratio || ratio->size() != 1 || ratio->doubleAt(0) != 0;
  if (node.hasInput(2) && drops) {
    const Constant *training = node.constant(2);
    if (!training || training->size() != 1 || training->intAt(0))
      return node.error("training mode is not supported");
  }
  if (node.hasOutput(1)) {
    Constant one = Constant::fromInts(node.outputKind(1), {}, int64_t(1));
    if (Error error = node.setOutput(
            1, Constant::splat(one.kind(), node.outputShape(1), one.bytes())))
      return error;
  }
  return node.hasOutput(0) ? node.forward(0, 0) : Error::success();
}

static Error importConstant(Node &node) {
  ElementKind kind = node.outputKind(0);
  Shape shape(node.outputShape(0));
  if (node.hasAttribute("value")) {
    auto value = node.getTensor("value");
    return value ? node.setOutput(0, std::move(*value)) : value.takeError();
  }
  if (auto ints = node.getInts("value_ints"))
    return node.setOutput(0, Constant::fromInts(kind, shape, *ints));
  if (auto floats = node.getFloats("value_floats"))
    return node.setOutput(0, Constant::fromDoubles(kind, shape, *floats));
  if (node.hasAttribute("value_int"))
    return node.setOutput(
        0, Constant::fromInts(kind, shape, node.getInt("value_int", 0)));
  if (node.hasAttribute("value_float"))
    return node.setOutput(
        0, Constant::fromDoubles(kind, shape, node.getFloat("value_float", 0)));
  return node.error("a constant of this kind is not supported");
}

/// A tensor is a value that is there.
static Error importHasElement(Node &node) {
  int64_t exists = node.hasInput(0);
  return node.setOutput(
      0, Constant::fromInts(ElementKind::Bool, node.outputShape(0), exists));
}

void registerIdentityOps(OpTable &table) {
  table["Identity"] = importIdentity;
  table["OptionalGetElement"] = importIdentity;
  table["OptionalHasElement"] = importHasElement;
  table["Dropout"] = importDropout;
  table["Constant"] = importConstant;
}

} // namespace convopt
