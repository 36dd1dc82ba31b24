// Convolutions and products with what follows them, and those of images whose
// channels are last, as ONNX Runtime's optimiser writes them.
// https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
#include "Fused.h"

using namespace llvm;

namespace convopt {

/// The activation called `name`, of `x`; `parameters` in the order in which
/// ONNX Runtime writes them.
static Expected<Expansion::Name> activate(const Node &node, Expansion &e,
                                          Expansion::Name x, StringRef name,
                                          ArrayRef<double> parameters) {
  // Those with parameters, by the names of the attributes.
  struct Known {
    StringRef op;
    SmallVector<const char *, 2> parameters;
  };
  const Known all[] = {{"Relu", {}},
                       {"Sigmoid", {}},
                       {"Tanh", {}},
                       {"Softplus", {}},
                       {"Softsign", {}},
                       {"HardSwish", {}},
                       {"Mish", {}},
                       {"Elu", {"alpha"}},
                       {"LeakyRelu", {"alpha"}},
                       {"ThresholdedRelu", {"alpha"}},
                       {"HardSigmoid", {"alpha", "beta"}},
                       {"Selu", {"alpha", "gamma"}}};
  if (name.empty())
    return x;
  if (name == "Silu" || name == "Swish")
    return e.add("Mul", {x, e.add("Sigmoid", x)});
  if (name == "Clip" && parameters.size() == 2)
    return e.add("Clip", {x, e.number(node.inputKind(0), parameters[0]),
                          e.number(node.inputKind(0), parameters[1])});
  for (const Known &known : all) {
    if (known.op != name ||
        (!parameters.empty() && known.parameters.size() > parameters.size()))
      continue;
    SmallVector<NodeAttribute> attributes;
    if (!parameters.empty())
      for (auto [parameter, value] : zip(known.parameters, parameters))
        attributes.push_back({parameter, value});
    return e.add(name, x, attributes);
  }
  return node.error("the activation '" + name + "' is not supported");
}

Expected<Expansion::Name> activateConv(const Node &node, Expansion &e,
                                       const Expansion::Name &x) {
  auto parameters = node.getFloats("activation_params");
  return activate(node, e, x, node.getString("activation", ""),
                  parameters.value_or(std::vector<double>()));
}

static Error finish(Expansion &e, Expected<Expansion::Name> result) {
  if (!result)
    return result.takeError();
  e.setOutput(0, *result);
  return Error::success();
}

/// activation(Conv(x, w, b) + z)
static Error expandFusedConv(const Node &node, Expansion &e) {
  Expansion::Name y =
      e.addLike("Conv", {e.input(0), e.input(1), e.input(2)}, activationNames);
  if (node.hasInput(3))
    y = e.add("Add", {y, e.input(3)});
  return finish(e, activateConv(node, e, y));
}

SmallVector<int64_t> moveChannels(size_t rank, bool toLast) {
  auto perm = to_vector(seq<int64_t>(0, static_cast<int64_t>(rank)));
  if (toLast)
    std::rotate(perm.begin() + 1, perm.begin() + 2, perm.end());
  else
    std::rotate(perm.begin() + 1, perm.end() - 1, perm.end());
  return perm;
}

static Expansion::Name channelsFirst(const Node &node, Expansion &e, size_t i) {
  return e.add("Transpose", e.input(i),
               {{"perm", moveChannels(node.inputShape(i).size(), false)}});
}

static Expansion::Name channelsLast(const Node &node, Expansion &e,
                                    const Expansion::Name &x) {
  return e.add("Transpose", x,
               {{"perm", moveChannels(node.inputShape(0).size(), true)}});
}

/// The filter of NhwcConv has its channels last too, that of NhwcFusedConv is
/// as in Conv.
static Error expandNhwcConv(const Node &node, Expansion &e) {
  size_t rank = node.inputShape(0).size();
  if (rank < 3 || node.inputShape(1).size() != rank ||
      (node.hasInput(3) && node.inputShape(3).size() != rank))
    return node.error("input and filter differ in rank, or have no spatial "
                      "dimension");
  Expansion::Name filter =
      node.op() == "NhwcConv" ? channelsFirst(node, e, 1) : e.input(1);
  Expansion::Name y = e.addLike(
      "Conv", {channelsFirst(node, e, 0), filter, e.input(2)}, activationNames);
  if (node.hasInput(3))
    y = e.add("Add", {y, channelsFirst(node, e, 3)});
  auto activated = activateConv(node, e, y);
  if (!activated)
    return activated.takeError();
  e.setOutput(0, channelsLast(node, e, *activated));
  return Error::success();
}

static Error expandNhwcMaxPool(const Node &node, Expansion &e) {
  if (node.inputShape(0).size() < 3)
    return node.error("the input has no spatial dimension");
  e.setOutput(0, channelsLast(node, e,
                              e.addLike("MaxPool", channelsFirst(node, e, 0))));
  return Error::success();
}

/// activation(Gemm(a, b, c)); the activation's attributes have its name before
/// their own.
static Error expandFusedGemm(const Node &node, Expansion &e) {
  Expansion::Name y = e.addLike("Gemm", {e.input(0), e.input(1), e.input(2)},
                                {"activation", "activation_alpha",
                                 "activation_beta", "activation_gamma"});
  std::vector<double> parameters;
  for (StringRef name :
       {"activation_alpha", "activation_beta", "activation_gamma"})
    if (node.hasAttribute(name))
      parameters.push_back(node.getFloat(name, 0));
  return finish(
      e, activate(node, e, y, node.getString("activation", ""), parameters));
}

/// A matrix of FusedMatMul: `batch` moves the first dimension before the last
/// one, behind the batch; `transposed` swaps the last two then.
static Expansion::Name operand(const Node &node, Expansion &e, size_t i,
                               bool transposed, bool batch) {
  auto perm = to_vector(
      seq<int64_t>(0, static_cast<int64_t>(node.inputShape(i).size())));
  size_t rank = perm.size();
  if (rank < 2)
    return e.input(i);
  if (batch)
    std::rotate(perm.begin(), perm.begin() + 1, perm.end() - 1);
  if (transposed)
    std::swap(perm[rank - 1], perm[rank - 2]);
  if (is_sorted(perm))
    return e.input(i);
  return e.add("Transpose", e.input(i), {{"perm", perm}});
}

/// alpha * a * b
static Error expandFusedMatMul(const Node &node, Expansion &e) {
  Expansion::Name a = operand(node, e, 0, node.getInt("transA", 0),
                              node.getInt("transBatchA", 0));
  Expansion::Name b = operand(node, e, 1, node.getInt("transB", 0),
                              node.getInt("transBatchB", 0));
  Expansion::Name y = e.add("MatMul", {a, b});
  double alpha = node.getFloat("alpha", 1);
  if (alpha != 1)
    y = e.add("Mul", {y, e.number(node.inputKind(0), alpha)});
  e.setOutput(0, y);
  return Error::success();
}

void registerFusedExpansions(ExpandTable &table) {
  table["com.microsoft:FusedConv"] = {expandFusedConv, 2};
  table["com.microsoft:NhwcConv"] = {expandNhwcConv, 2};
  table["com.microsoft:NhwcFusedConv"] = {expandNhwcConv, 2};
  table["com.microsoft:NhwcMaxPool"] = {expandNhwcMaxPool, 1};
  table["com.microsoft:FusedGemm"] = {expandFusedGemm, 2};
  table["com.microsoft:FusedMatMul"] = {expandFusedMatMul, 2};
  table["com.microsoft:TransposeMatMul"] = {expandFusedMatMul, 2};
}

} // namespace convopt
