// Activations that ONNX Runtime's optimiser names, and those with a bias.
// https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
#include "Expansion.h"

using llvm::Error;

namespace convopt {

/// The first input, and the second one added if it is there.
static Expansion::Name biased(const Node &node, Expansion &e) {
  return node.hasInput(1) ? e.add("Add", {e.input(0), e.input(1)}) : e.input(0);
}

/// Gelu, BiasGelu; exact.
static Error expandGelu(const Node &node, Expansion &e) {
  e.setOutput(0, e.add("Gelu", biased(node, e)));
  return Error::success();
}

static Error expandFastGelu(const Node &node, Expansion &e) {
  e.setOutput(0, e.add("Gelu", biased(node, e), {{"approximate", "tanh"}}));
  return Error::success();
}

/// x * sigmoid(alpha * x)
static Error expandQuickGelu(const Node &node, Expansion &e) {
  Expansion::Name inner = e.input(0);
  double alpha = node.getFloat("alpha", 1.702f);
  if (alpha != 1)
    inner = e.add("Mul", {inner, e.number(node.inputKind(0), alpha)});
  e.setOutput(0, e.add("Mul", {e.input(0), e.add("Sigmoid", inner)}));
  return Error::success();
}

/// The first half of the channels, which are last, times Gelu of the second.
static Error expandBiasSplitGelu(const Node &node, Expansion &e) {
  auto halves = e.addMany("Split", {biased(node, e)}, 2,
                          {{"axis", -1}, {"num_outputs", 2}});
  e.setOutput(0, e.add("Mul", {halves[0], e.add("Gelu", halves[1])}));
  return Error::success();
}

/// Of all inputs that are there.
static Error expandBiasAdd(const Node &node, Expansion &e) {
  Expansion::Name sum = biased(node, e);
  if (node.hasInput(2))
    sum = e.add("Add", {sum, e.input(2)});
  e.setOutput(0, sum);
  return Error::success();
}

/// Softmax of data and bias over all dimensions from the axis on. Where the
/// bias is broadcast follows from its shape.
static Error expandBiasSoftmax(const Node &node, Expansion &e) {
  llvm::ArrayRef<int64_t> shape = node.inputShape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", 1),
                                 static_cast<int64_t>(shape.size()));
  if (!axis)
    return axis.takeError();
  Shape rows(shape.take_front(*axis));
  rows.push_back(*countElements(shape.drop_front(*axis)));
  Expansion::Name sum = e.add("Add", {e.input(0), e.input(1)});
  sum = e.add("Reshape", {sum, e.ints(rows)}, {{"allowzero", 1}});
  sum = e.add("Softmax", sum, {{"axis", -1}});
  e.setOutput(0, e.add("Reshape", {sum, e.ints(shape)}, {{"allowzero", 1}}));
  return Error::success();
}

void registerGeluExpansions(ExpandTable &table) {
  table["com.microsoft:Gelu"] = {expandGelu, 1};
  table["com.microsoft:BiasGelu"] = {expandGelu, 2};
  table["com.microsoft:FastGelu"] = {expandFastGelu, 1};
  table["com.microsoft:QuickGelu"] = {expandQuickGelu, 1};
  table["com.microsoft:BiasSplitGelu"] = {expandBiasSplitGelu, 2};
  table["com.microsoft:BiasAdd"] = {expandBiasAdd, 3};
  table["com.microsoft:BiasSoftmax"] = {expandBiasSoftmax, 2};
}

} // namespace convopt
