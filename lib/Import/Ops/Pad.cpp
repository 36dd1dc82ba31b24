#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

namespace {
/// Before and behind each dimension; negative cuts off.
struct Padding {
  Shape low, high;
};
} // namespace

static llvm::Expected<Padding> readPadding(const Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  int64_t rank = static_cast<int64_t>(shape.size());
  auto pads = node.getIntsOrInput("pads", 1);
  if (!pads)
    return pads.takeError();
  if (!*pads)
    return node.error("needs pads");
  SmallVector<int64_t> axes;
  for (int64_t i = 0; i < rank; ++i)
    axes.push_back(i);
  if (node.hasInput(3)) {
    auto given = node.constantInts(3, "axes");
    if (!given)
      return given.takeError();
    if (auto sorted = node.normalizeAxes(*given, rank); !sorted)
      return sorted.takeError();
    axes.assign(given->begin(), given->end());
  }
  if ((*pads)->size() != 2 * axes.size())
    return node.error("pads does not have two elements a dimension");
  Padding padding{Shape(rank, 0), Shape(rank, 0)};
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t axis = axes[i] < 0 ? axes[i] + rank : axes[i];
    padding.low[axis] = (**pads)[i];
    padding.high[axis] = (**pads)[i + axes.size()];
  }
  for (int64_t i = 0; i < rank; ++i)
    if (padding.low[i] < -shape[i] || padding.high[i] < -shape[i] ||
        shape[i] + padding.low[i] + padding.high[i] != node.outputShape(0)[i])
      return node.error("the padding does not fit the input");
  return padding;
}

/// What a pad is filled with, as a scalar.
static llvm::Expected<Value> readFiller(Node &node) {
  Scalar scalar(node.builder, node.loc, node.inputKind(0));
  if (!node.hasInput(2))
    return scalar.constant(node.getFloat("value", 0));
  if (*countElements(node.inputShape(2)) != 1)
    return node.error("the value to pad with is not a scalar");
  if (const Constant *value = node.constant(2))
    return isFloat(value->kind()) ? scalar.constant(value->doubleAt(0))
                                  : scalar.intConstant(value->intAt(0));
  SmallVector<Value> zeros(
      node.inputShape(2).size(),
      node.builder.create<arith::ConstantIndexOp>(node.loc, 0));
  return node.builder.create<tensor::ExtractOp>(node.loc, node.input(2), zeros)
      .getResult();
}

static Error importConstantPad(Node &node, const Padding &padding) {
  auto filler = readFiller(node);
  if (!filler)
    return filler.takeError();
  Shape offsets, sizes(node.inputShape(0)), low, high;
  for (size_t i = 0; i < sizes.size(); ++i) {
    int64_t before = padding.low[i], behind = padding.high[i];
    offsets.push_back(std::max<int64_t>(0, -before));
    sizes[i] -= offsets[i] + std::max<int64_t>(0, -behind);
    low.push_back(std::max<int64_t>(0, before));
    high.push_back(std::max<int64_t>(0, behind));
    if (sizes[i] < 0)
      return node.error("the padding cuts off more than there is");
  }
  Value cut = slice(node, node.input(0), offsets, sizes);
  return node.setOutput(0, pad(node, cut, low, high, *filler));
}

/// The coordinate that output coordinate `at` of an axis shows. For reflect
/// the border itself is not repeated; one reflection suffices, as ONNX
/// requires the padding to be less than the size.
static Value sourceIndex(Scalar &s, Value at, int64_t low, int64_t size,
                         StringRef mode) {
  Location loc = s.loc;
  auto number = [&](int64_t value) -> Value {
    return s.builder.create<arith::ConstantIndexOp>(loc, value);
  };
  Value x = s.builder.create<arith::SubIOp>(loc, at, number(low));
  Value zero = number(0), last = number(size - 1);
  if (mode == "edge") {
    Value lower = s.builder.create<arith::MaxSIOp>(loc, x, zero);
    return s.builder.create<arith::MinSIOp>(loc, lower, last);
  }
  if (mode == "wrap") {
    Value moved = s.builder.create<arith::AddIOp>(
        loc, x, number((low / size + 1) * size));
    return s.builder.create<arith::RemUIOp>(loc, moved, number(size));
  }
  Value mirrored = s.builder.create<arith::SubIOp>(loc, zero, x);
  Value below = s.builder.create<arith::MaxSIOp>(loc, x, mirrored);
  Value turned =
      s.builder.create<arith::SubIOp>(loc, number(2 * (size - 1)), below);
  return s.builder.create<arith::MinSIOp>(loc, below, turned);
}

static Error importIndexedPad(Node &node, const Padding &padding,
                              StringRef mode) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  for (size_t i = 0; i < shape.size(); ++i)
    if (shape[i] < 1 || (mode == "reflect" && (padding.low[i] >= shape[i] ||
                                               padding.high[i] >= shape[i])))
      return node.error("the padding is larger than what it repeats");
  Value input = node.input(0);
  Value result =
      generate(node, node.outputShape(0), node.outputKind(0),
               [&](Scalar &s, ArrayRef<Value> at) -> Value {
                 SmallVector<Value> from;
                 for (size_t i = 0; i < shape.size(); ++i)
                   from.push_back(padding.low[i] || padding.high[i]
                                      ? sourceIndex(s, at[i], padding.low[i],
                                                    shape[i], mode)
                                      : at[i]);
                 return s.builder.create<tensor::ExtractOp>(s.loc, input, from);
               });
  return node.setOutput(0, result);
}

static Error importPad(Node &node) {
  auto padding = readPadding(node);
  if (!padding)
    return padding.takeError();
  StringRef mode = node.getString("mode", "constant");
  if (mode == "constant")
    return importConstantPad(node, *padding);
  if (mode == "reflect" || mode == "edge" || mode == "wrap")
    return importIndexedPad(node, *padding, mode);
  return node.error("unknown mode '" + mode + "'");
}

void registerPadOps(OpTable &table) { table["Pad"] = importPad; }

} // namespace convopt
