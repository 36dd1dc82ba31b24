// Normalisations with the sums before them, and the two that ONNX Runtime had
// in ONNX's domain before ONNX did (Prepare.cpp gives them a domain of their
// own).
// https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
#include "Expansion.h"

using llvm::Error;

namespace convopt {

/// Layer normalisation over the dimensions from `axis` on, or that by the mean
/// square alone; the statistics become outputs 1 and 2 where they are read.
static void normalise(const Node &node, Expansion &e, const Expansion::Name &x,
                      const Expansion::Name &scale, const Expansion::Name &bias,
                      int64_t axis, double epsilon, bool centre) {
  if (!centre) {
    e.setOutput(0, e.add("RMSNormalization", {x, scale},
                         {{"axis", axis}, {"epsilon", epsilon}}));
    return;
  }
  size_t count = node.hasOutput(2) ? 3 : node.hasOutput(1) ? 2 : 1;
  auto results = e.addMany("LayerNormalization", {x, scale, bias}, count,
                           {{"axis", axis}, {"epsilon", epsilon}});
  for (size_t i = 0; i < count; ++i)
    e.setOutput(i, results[i]);
}

static Error expandLayerNorm(const Node &node, Expansion &e) {
  normalise(node, e, e.input(0), e.input(1), e.input(2),
            node.getInt("axis", -1), node.getFloat("epsilon", 1e-5f), true);
  return Error::success();
}

static Error expandSimplifiedLayerNorm(const Node &node, Expansion &e) {
  normalise(node, e, e.input(0), e.input(1), "", node.getInt("axis", -1),
            node.getFloat("epsilon", 1e-5f), false);
  return Error::success();
}

/// Inputs: x, skip, scale, (bias of the normalisation,) bias of the sum.
static Error expandSkip(const Node &node, Expansion &e, bool centre) {
  Expansion::Name sum = e.add("Add", {e.input(0), e.input(1)});
  if (Expansion::Name bias = e.input(centre ? 4 : 3); !bias.empty())
    sum = e.add("Add", {sum, bias});
  normalise(node, e, sum, e.input(2), centre ? e.input(3) : "", -1,
            node.getFloat("epsilon", 1e-12f), centre);
  if (node.hasOutput(3))
    e.setOutput(3, sum);
  return Error::success();
}

/// Inputs: ids, segment ids, three tables (words, positions, segments), scale,
/// bias, mask, position ids.
static Error expandEmbedLayerNorm(const Node &node, Expansion &e) {
  for (size_t i : {2, 3, 5, 6})
    if (!node.hasInput(i))
      return node.error("input " + llvm::Twine(i) + " is missing");
  llvm::ArrayRef<int64_t> ids = node.inputShape(0);
  if (ids.size() != 2)
    return node.error("the ids must be of rank 2");
  auto row = [&](const Expansion::Name &table, const Expansion::Name &index) {
    return e.add("Gather", {table, index}, {{"axis", 0}});
  };
  Expansion::Name sum = row(e.input(2), e.input(0));
  Expansion::Name positions =
      node.hasInput(8)
          ? row(e.input(3), e.input(8))
          : e.add("Slice", {e.input(3), e.ints(0), e.ints(ids[1]), e.ints(0)});
  sum = e.add("Add", {sum, positions});
  if (node.hasInput(1) && node.hasInput(4))
    sum = e.add("Add", {sum, row(e.input(4), e.input(1))});
  e.setOutput(
      0, e.add("LayerNormalization", {sum, e.input(5), e.input(6)},
               {{"axis", -1}, {"epsilon", node.getFloat("epsilon", 1e-12f)}}));
  if (node.hasOutput(2))
    e.setOutput(2, sum);
  if (!node.hasOutput(1))
    return Error::success();
  // How many elements of each row of the mask are 1.
  if (!node.hasInput(7)) {
    std::vector<int64_t> zeros(ids[0], 0);
    e.setOutput(
        1, e.constant(Constant::fromInts(ElementKind::I32, {ids[0]}, zeros)));
    return Error::success();
  }
  Expansion::Name one =
      e.constant(Constant::fromInts(ElementKind::I32, {}, int64_t(1)));
  Expansion::Name ones = e.add("Cast", e.add("Equal", {e.input(7), one}),
                               {{"to", elementKindToOnnx(ElementKind::I32)}});
  e.setOutput(1, e.add("ReduceSum", {ones, e.ints(1)}, {{"keepdims", 0}}));
  return Error::success();
}

void registerNormExpansions(ExpandTable &table) {
  table["com.microsoft:LayerNormalization"] = {expandLayerNorm, 2};
  table["com.microsoft:SimplifiedLayerNormalization"] = {
      expandSimplifiedLayerNorm, 2};
  table["com.microsoft:SkipLayerNormalization"] = {
      [](const Node &node, Expansion &e) { return expandSkip(node, e, true); },
      3};
  table["com.microsoft:SkipSimplifiedLayerNormalization"] = {
      [](const Node &node, Expansion &e) { return expandSkip(node, e, false); },
      3};
  table["com.microsoft:EmbedLayerNormalization"] = {expandEmbedLayerNorm, 1};
}

} // namespace convopt
