// Shapes as values, where sizes depend on data: operators that give them, those
// that are given them, and what the numbers in between are at least and at
// most, which says how large the tensors are that are made of them.
#include "../Fold/Fold.h"
#include "Sized.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

Error importSizedExpand(Node &node, ImportFunction plain) {
  size_t rank = node.outputShape(0).size();
  size_t count = node.inputShape(1).size() ? node.inputShape(1)[0] : 0;
  const Constant *least = node.least(1), *most = node.most(1);
  if (!least || !most || count > rank)
    return node.error("its shape must be known at compile time, or have a "
                      "bound");
  for (size_t i = 0; i < count; ++i)
    if (least->intAt(i) != most->intAt(i))
      node.setOutputSize(0, rank - count + i, sizeFromInput(node, 1, i));
  size_t offset = rank - node.inputShape(0).size();
  for (size_t dim = 0; dim < node.inputShape(0).size(); ++dim)
    if (Value size = node.inputSize(0, dim))
      node.setOutputSize(0, offset + dim, size);
  return plain(node);
}

Error importSizedConstantOfShape(Node &node, ImportFunction) {
  const Constant *least = node.least(0), *most = node.most(0);
  if (!least || !most)
    return node.error("its shape must be known at compile time, or have a "
                      "bound");
  auto element = fillElement(node);
  if (!element)
    return element.takeError();
  for (int64_t i = 0; i < most->size(); ++i)
    if (least->intAt(i) != most->intAt(i))
      node.setOutputSize(0, i, sizeFromInput(node, 0, i));
  return node.setOutput(0, Constant::splat(element->kind(), node.outputShape(0),
                                           element->bytes()));
}

/// From a start that is known by a step that is known to a limit that is not.
Error importSizedRange(Node &node, ImportFunction) {
  auto start = node.constantInts(0, "start");
  if (!start)
    return start.takeError();
  auto step = node.constantInts(2, "delta");
  if (!step)
    return step.takeError();
  if (isFloat(node.inputKind(1)) || start->size() != 1 || step->size() != 1 ||
      step->front() < 1)
    return node.error("limit must be known at compile time");
  Value limit = reshape(node, node.input(1), {});
  ElementKind kind = node.inputKind(1);
  Value size = computeSize(node, limit, [&](Scalar &s, ArrayRef<Value> a) {
    Value length = s.sub(s.convert(a[0], kind), s.intConstant(start->front()));
    length = s.add(length, s.intConstant(step->front() - 1));
    return s.div(s.max(length, s.intConstant(0)), s.intConstant(step->front()));
  });
  std::vector<int64_t> values;
  for (int64_t i = 0; i < node.outputShape(0)[0]; ++i)
    values.push_back(start->front() + i * step->front());
  node.setOutputSize(0, 0, size);
  return node.setOutput(
      0, Constant::fromInts(node.outputKind(0), node.outputShape(0), values));
}

Error importSizedShape(Node &node, ImportFunction) {
  int64_t rank = static_cast<int64_t>(node.inputShape(0).size());
  auto clampAxis = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = clampAxis(node.getInt("start", 0));
  int64_t end = std::max(start, clampAxis(node.getInt("end", rank)));
  std::vector<int64_t> least, most;
  SmallVector<Value> elements;
  bool isKnown = true;
  for (int64_t dim = start; dim < end; ++dim) {
    Value size = node.inputSize(0, dim);
    most.push_back(node.inputShape(0)[dim]);
    least.push_back(size ? 0 : most.back());
    isKnown &= !size;
    elements.push_back(node.builder.create<tensor::ExtractOp>(
        node.loc, sizeOf(node, 0, dim), ValueRange()));
  }
  Constant largest = Constant::fromInts(ElementKind::I64, {end - start}, most);
  if (isKnown)
    return node.setOutput(0, largest);
  node.setOutputBounds(
      0, Constant::fromInts(ElementKind::I64, {end - start}, least), largest);
  return node.setOutput(
      0, node.builder.create<tensor::FromElementsOp>(node.loc, elements));
}

Error importSizedSize(Node &node, ImportFunction) {
  SmallVector<Value> sizes;
  for (size_t dim = 0; dim < node.inputShape(0).size(); ++dim)
    sizes.push_back(sizeOf(node, 0, dim));
  node.setOutputBounds(
      0, Constant::fromInts(ElementKind::I64, {}, ArrayRef<int64_t>{0}),
      Constant::fromInts(ElementKind::I64, {},
                         *countElements(node.inputShape(0))));
  return node.setOutput(
      0, computeSize(node, sizes, [](Scalar &s, ArrayRef<Value> a) {
        Value product = s.intConstant(1);
        for (Value size : a)
          product = s.mul(product, size);
        return product;
      }));
}

/// Operators on shapes whose results grow with their operands.
static bool isMonotone(const Node &node) {
  static const llvm::StringSet<> always = {
      "Gather", "Slice",   "Concat", "Squeeze", "Unsqueeze", "Reshape",
      "Cast",   "Flatten", "Add",    "Min",     "Max",       "Identity"};
  if (always.contains(node.op()))
    return true;
  StringRef op = node.op();
  bool isPositive = true;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    const Constant *least = node.hasInput(i) ? node.least(i) : nullptr;
    for (int64_t j = 0; least && j < least->size(); ++j)
      isPositive &= least->intAt(j) >= 0;
  }
  if (op == "Mul" || op == "ReduceProd")
    return isPositive;
  return (op == "Sub" || (op == "Div" && isPositive)) && node.constant(1);
}

void boundOutput(Node &node, ImportFunction plain) {
  bool bounded = false;
  for (size_t i = 0; i < node.numInputs(); ++i)
    bounded |= node.hasInput(i) && !node.constant(i) && node.most(i);
  if (!bounded || !node.hasOutput(0) || !isMonotone(node))
    return;
  constexpr int64_t limit = 1 << 12;
  if (*countElements(node.outputShape(0)) > limit ||
      isFloat(node.outputKind(0)))
    return;
  auto folder = getFoldTable().find(node.op());
  FoldFunction fold = folder == getFoldTable().end() ? nullptr : folder->second;
  auto least = node.foldExtreme(false, fold, plain);
  auto most = node.foldExtreme(true, fold, plain);
  if (least && most)
    node.setOutputBounds(0, std::move(*least), std::move(*most));
}

} // namespace convopt
