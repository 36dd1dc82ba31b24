// Operators on shapes that take elements from somewhere, and what counts
// elements.
#include "../Ops/Slicing.h"
#include "Fold.h"

using namespace llvm;

namespace convopt {

/// The elements `indices` of `from`, which may be of any kind.
static Constant gather(const Constant &from, ArrayRef<int64_t> indices,
                       ArrayRef<int64_t> shape) {
  if (isFloat(from.kind())) {
    std::vector<double> values;
    for (int64_t index : indices)
      values.push_back(from.doubleAt(index));
    return Constant::fromDoubles(from.kind(), shape, values);
  }
  std::vector<int64_t> values;
  for (int64_t index : indices)
    values.push_back(from.intAt(index));
  return Constant::fromInts(from.kind(), shape, values);
}

static Expected<bool> foldShape(Node &node) {
  int64_t rank = static_cast<int64_t>(node.inputShape(0).size());
  auto clampAxis = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = clampAxis(node.getInt("start", 0));
  int64_t end = std::max(start, clampAxis(node.getInt("end", rank)));
  return done(node.setOutput(
      0, Constant::fromInts(ElementKind::I64, {end - start},
                            node.inputShape(0).slice(start, end - start))));
}

static Expected<bool> foldSize(Node &node) {
  return done(node.setOutput(
      0, Constant::fromInts(ElementKind::I64, {},
                            *countElements(node.inputShape(0)))));
}

Expected<Constant> fillElement(const Node &node) {
  if (!node.hasAttribute("value"))
    return Constant::fromInts(ElementKind::F32, {}, ArrayRef<int64_t>{0});
  auto value = node.getTensor("value");
  if (value && value->size() != 1)
    return node.error("attribute 'value' must have one element");
  return value;
}

static Expected<bool> foldConstantOfShape(Node &node) {
  auto element = fillElement(node);
  if (!element)
    return element.takeError();
  return done(
      node.setOutput(0, Constant::splat(element->kind(), node.outputShape(0),
                                        element->bytes())));
}

static Expected<bool> foldGather(Node &node) {
  if (!isSmall(node))
    return false;
  ArrayRef<int64_t> shape = node.inputShape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", 0),
                                 static_cast<int64_t>(shape.size()));
  if (!axis)
    return axis.takeError();
  int64_t outer = 1, inner = 1;
  for (int64_t i = 0; i < static_cast<int64_t>(shape.size()); ++i)
    (i < *axis ? outer : inner) *= i == *axis ? 1 : shape[i];
  std::vector<int64_t> from;
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t index : node.constant(1)->ints()) {
      index += index < 0 ? shape[*axis] : 0;
      if (index < 0 || index >= shape[*axis])
        return node.error("an index is out of bounds");
      for (int64_t i = 0; i < inner; ++i)
        from.push_back((o * shape[*axis] + index) * inner + i);
    }
  if (static_cast<int64_t>(from.size()) != *countElements(node.outputShape(0)))
    return false;
  return done(
      node.setOutput(0, gather(*node.constant(0), from, node.outputShape(0))));
}

static Expected<bool> foldConcat(Node &node) {
  if (!isSmall(node) || node.outputShape(0).size() != 1)
    return false;
  bool floating = isFloat(node.outputKind(0));
  std::vector<int64_t> ints;
  std::vector<double> doubles;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (floating)
      append_range(doubles, node.constant(i)->doubles());
    else
      append_range(ints, node.constant(i)->ints());
  }
  if (static_cast<int64_t>(ints.size() + doubles.size()) !=
      node.outputShape(0)[0])
    return false;
  Shape shape(node.outputShape(0));
  return done(node.setOutput(
      0, floating ? Constant::fromDoubles(node.outputKind(0), shape, doubles)
                  : Constant::fromInts(node.outputKind(0), shape, ints)));
}

static Expected<bool> foldSlice(Node &node) {
  if (!isSmall(node))
    return false;
  auto range = readSlice(node);
  if (!range)
    return range.takeError();
  ArrayRef<int64_t> shape = node.inputShape(0);
  if (ArrayRef<int64_t>(range->sizes) != node.outputShape(0))
    return false;
  std::vector<int64_t> indices{0};
  for (size_t i = 0; i < shape.size(); ++i) {
    std::vector<int64_t> next;
    for (int64_t before : indices)
      for (int64_t j = 0; j < range->sizes[i]; ++j)
        next.push_back(before * shape[i] + range->offsets[i] +
                       j * range->steps[i]);
    indices = std::move(next);
  }
  return done(node.setOutput(
      0, gather(*node.constant(0), indices, node.outputShape(0))));
}

static Expected<bool> foldExpand(Node &node) {
  if (!isSmall(node) || !broadcastsTo(node.inputShape(0), node.outputShape(0)))
    return false;
  auto indices = broadcastIndices(node.inputShape(0), node.outputShape(0));
  return done(node.setOutput(
      0, gather(*node.constant(0), indices, node.outputShape(0))));
}

static Expected<bool> foldRange(Node &node) {
  if (!isSmall(node))
    return false;
  double start = node.constant(0)->doubleAt(0);
  double step = node.constant(2)->doubleAt(0);
  std::vector<double> values;
  for (int64_t i = 0; i < node.outputShape(0)[0]; ++i)
    values.push_back(start + static_cast<double>(i) * step);
  Shape shape(node.outputShape(0));
  return done(node.setOutput(
      0, Constant::fromDoubles(node.outputKind(0), shape, values)));
}

/// Of all elements: the products and sums that count elements.
static Expected<bool> foldReduction(Node &node, bool isProduct) {
  if (!isSmall(node) || *countElements(node.outputShape(0)) != 1 ||
      isFloat(node.inputKind(0)) ||
      (node.getInt("noop_with_empty_axes", 0) && !node.hasInput(1)))
    return false;
  int64_t result = isProduct ? 1 : 0;
  for (int64_t value : node.constant(0)->ints())
    result = isProduct ? wrapMul(result, value) : wrapAdd(result, value);
  return done(node.setOutput(
      0, Constant::fromInts(node.outputKind(0), node.outputShape(0), result)));
}

static Expected<bool> foldReduceProd(Node &node) {
  return foldReduction(node, true);
}
static Expected<bool> foldReduceSum(Node &node) {
  return foldReduction(node, false);
}

void registerMovementFolds(FoldTable &table) {
  table["Shape"] = foldShape;
  table["Size"] = foldSize;
  table["ConstantOfShape"] = foldConstantOfShape;
  table["Gather"] = foldGather;
  table["Concat"] = foldConcat;
  table["Slice"] = foldSlice;
  table["Expand"] = foldExpand;
  table["Range"] = foldRange;
  table["ReduceProd"] = foldReduceProd;
  table["ReduceSum"] = foldReduceSum;
}

} // namespace convopt
