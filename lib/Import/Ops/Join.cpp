// Operators that cut tensors and put them together.
#include "Generic.h"
#include "Ops.h"
#include "Slicing.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

static Error importConcat(Node &node) {
  auto axis = node.normalizeAxis(
      node.getInt("axis", 1), static_cast<int64_t>(node.outputShape(0).size()));
  if (!axis)
    return axis.takeError();
  SmallVector<Value> inputs;
  int64_t total = 0;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    Shape expected(node.outputShape(0));
    ArrayRef<int64_t> shape = node.inputShape(i);
    if (shape.size() != expected.size())
      return node.error("the inputs differ in rank");
    expected[*axis] = shape[*axis];
    total += shape[*axis];
    if (shape != ArrayRef<int64_t>(expected))
      return node.error("the inputs differ in more than the axis");
    if (shape[*axis] != 0)
      inputs.push_back(node.input(i));
  }
  if (total != node.outputShape(0)[*axis])
    return node.error("the output does not fit the inputs");
  if (inputs.size() == 1)
    return node.setOutput(0, inputs[0]);
  if (inputs.empty())
    return node.setOutput(0, createEmpty(node, node.outputShape(0),
                                         node.outputType(0).getElementType()));
  return node.setOutput(
      0, node.builder.create<tensor::ConcatOp>(node.loc, *axis, inputs));
}

static Error importSplit(Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", 0),
                                 static_cast<int64_t>(shape.size()));
  if (!axis)
    return axis.takeError();
  auto given = node.getIntsOrInput("split", 1);
  if (!given)
    return given.takeError();
  std::vector<int64_t> parts;
  int64_t count = static_cast<int64_t>(node.numOutputs());
  if (*given) {
    parts = **given;
  } else {
    // Equal parts; from opset 18 the last may be smaller.
    int64_t part = (shape[*axis] + count - 1) / count;
    for (int64_t i = 0; i < count; ++i)
      parts.push_back(std::clamp<int64_t>(shape[*axis] - i * part, 0, part));
  }
  Shape offsets(shape.size(), 0), sizes(shape);
  if (static_cast<int64_t>(parts.size()) != count)
    return node.error("split has " + Twine(parts.size()) +
                      " parts, the node has " + Twine(count) + " outputs");
  for (int64_t i = 0; i < count; ++i) {
    sizes[*axis] = parts[i];
    if (parts[i] < 0 || parts[i] > shape[*axis] - offsets[*axis])
      return node.error("the parts do not fit the input");
    if (node.hasOutput(i))
      if (Error error =
              node.setOutput(i, slice(node, node.input(0), offsets, sizes)))
        return error;
    offsets[*axis] += parts[i];
  }
  return Error::success();
}

llvm::Expected<SliceRange> readSlice(const Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  int64_t rank = static_cast<int64_t>(shape.size());
  SliceRange range;
  range.offsets.assign(rank, 0);
  range.sizes.assign(shape.begin(), shape.end());
  range.steps.assign(rank, 1);

  std::optional<std::vector<int64_t>> lists[4];
  const char *names[] = {"starts", "ends", "axes", "steps"};
  for (size_t i = 0; i < 4; ++i) {
    auto list = node.getIntsOrInput(names[i], i + 1);
    if (!list)
      return list.takeError();
    lists[i] = std::move(*list);
  }
  if (!lists[0] || !lists[1])
    return node.error("needs starts and ends");
  size_t count = lists[0]->size();
  if (!lists[2]) {
    lists[2].emplace();
    for (size_t i = 0; i < count; ++i)
      lists[2]->push_back(static_cast<int64_t>(i));
  }
  if (!lists[3])
    lists[3].emplace(count, 1);
  for (const auto &list : lists)
    if (list->size() != count)
      return node.error("starts, ends, axes and steps differ in length");
  if (auto axes = node.normalizeAxes(*lists[2], rank); !axes)
    return axes.takeError();

  for (size_t i = 0; i < count; ++i) {
    int64_t axis = (*lists[2])[i], step = (*lists[3])[i];
    axis += axis < 0 ? rank : 0;
    int64_t dim = shape[axis], start = (*lists[0])[i], end = (*lists[1])[i];
    if (step == 0 || step == std::numeric_limits<int64_t>::min())
      return node.error("bad step " + Twine(step));
    start += start < 0 ? dim : 0;
    end += end < 0 ? dim : 0;
    int64_t size;
    if (step > 0) {
      start = std::clamp<int64_t>(start, 0, dim);
      end = std::clamp<int64_t>(end, start, dim);
      size = (end - start) / step + ((end - start) % step != 0);
    } else {
      start = std::clamp<int64_t>(start, -1, dim - 1);
      end = std::clamp<int64_t>(end, -1, start);
      size = (start - end) / -step + ((start - end) % -step != 0);
    }
    range.offsets[axis] = size ? start : 0;
    range.sizes[axis] = size;
    range.steps[axis] = size > 1 ? step : 1;
  }
  return range;
}

/// Reads backwards along the dimensions with a negative step.
static Value reverse(Node &node, Value value, ArrayRef<int64_t> steps) {
  OpBuilder &builder = node.builder;
  ArrayRef<int64_t> shape = shapeOf(value);
  SmallVector<AffineExpr> exprs;
  for (auto [i, dim] : llvm::enumerate(shape)) {
    AffineExpr at = builder.getAffineDimExpr(i);
    exprs.push_back(steps[i] < 0 ? dim - 1 - at : at);
  }
  Value empty = createEmpty(node, shape,
                            cast<ShapedType>(value.getType()).getElementType());
  SmallVector<utils::IteratorType> loops(shape.size(),
                                         utils::IteratorType::parallel);
  AffineMap maps[] = {
      AffineMap::get(shape.size(), 0, exprs, builder.getContext()),
      builder.getMultiDimIdentityMap(shape.size())};
  auto body = [](OpBuilder &inner, Location loc, ValueRange arguments) {
    inner.create<linalg::YieldOp>(loc, arguments[0]);
  };
  return builder
      .create<linalg::GenericOp>(node.loc, empty.getType(), value, empty, maps,
                                 loops, body)
      .getResult(0);
}

static Error importSlice(Node &node) {
  auto range = readSlice(node);
  if (!range)
    return range.takeError();
  Shape offsets = range->offsets, steps = range->steps;
  for (size_t i = 0; i < steps.size(); ++i)
    if (steps[i] < 0) {
      // The same elements from the lowest on, then reversed.
      offsets[i] += (range->sizes[i] - 1) * steps[i];
      steps[i] = -steps[i];
    }
  Value result = slice(node, node.input(0), offsets, range->sizes, steps);
  if (llvm::any_of(range->steps, [](int64_t step) { return step < 0; }))
    result = reverse(node, result, range->steps);
  return node.setOutput(0, result);
}

void registerJoinOps(OpTable &table) {
  table["Concat"] = importConcat;
  table["Split"] = importSplit;
  table["Slice"] = importSlice;
}

} // namespace convopt
