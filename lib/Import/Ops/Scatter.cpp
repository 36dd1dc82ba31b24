// ScatterND, ScatterElements and MaxUnpool: writes to places that are data. Two
// updates may name one place, so they are made one after the other, as if by a
// loop over the updates in their order: the last one wins, and sums are formed
// in that order. A place that is out of bounds, which ONNX forbids, is not
// written.
#include "LoopCode.h"
#include "Ops.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

namespace {
enum class Reduction { None, Add, Mul, Min, Max };

/// An index that may count from the end, and whether it is one of the axis.
struct CheckedIndex {
  Value index, isInside;
};
} // namespace

static llvm::Expected<Reduction> readReduction(Node &node) {
  auto reduction = llvm::StringSwitch<std::optional<Reduction>>(
                       node.getString("reduction", "none"))
                       .Case("none", Reduction::None)
                       .Case("add", Reduction::Add)
                       .Case("mul", Reduction::Mul)
                       .Case("min", Reduction::Min)
                       .Case("max", Reduction::Max)
                       .Default(std::nullopt);
  if (!reduction)
    return node.error("has a reduction that ONNX does not define");
  if (*reduction != Reduction::None && node.inputKind(0) == ElementKind::Bool)
    return node.error("reduces bool");
  return *reduction;
}

static CheckedIndex checkIndex(LoopCode &code, Value raw, ElementKind kind,
                               int64_t extent) {
  Scalar integer = code.scalar(ElementKind::I64);
  Value value = integer.convert(raw, kind), zero = integer.intConstant(0);
  Value end = integer.intConstant(extent);
  value =
      integer.select(integer.less(value, zero), integer.add(value, end), value);
  Value inside =
      code.both(integer.lessOrEqual(zero, value), integer.less(value, end));
  return {code.toIndex(value), inside};
}

static void writeElement(LoopCode &code, Reduction reduction, ElementKind kind,
                         Value update, Value buffer, ArrayRef<Value> at) {
  if (reduction != Reduction::None) {
    Scalar s = code.scalar(kind);
    Value old = code.load(buffer, at);
    switch (reduction) {
    case Reduction::Add:
      update = s.add(old, update);
      break;
    case Reduction::Mul:
      update = s.mul(old, update);
      break;
    case Reduction::Min:
      update = s.min(old, update);
      break;
    default:
      update = s.max(old, update);
    }
  }
  code.store(update, buffer, at);
}

static Error importScatterElements(Node &node) {
  ArrayRef<int64_t> data = node.inputShape(0), places = node.inputShape(1);
  auto axis = node.normalizeAxis(node.getInt("axis", 0), data.size());
  if (!axis)
    return axis.takeError();
  auto reduction = readReduction(node);
  if (!reduction)
    return reduction.takeError();
  if (places != node.inputShape(2) || places.size() != data.size())
    return node.error("data, indices and updates differ in shape");
  for (auto [i, extent] : llvm::enumerate(places))
    if (static_cast<int64_t>(i) != *axis && extent > data[i])
      return node.error("indices are larger than data");
  if (*countElements(places) == 0)
    return node.forward(0, 0);
  ElementKind kind = node.inputKind(0), indexKind = node.inputKind(1);
  auto results =
      createLoops(node, {node.input(1), node.input(2)}, node.input(0),
                  [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
                    code.nest(places, [&](ArrayRef<Value> at) {
                      auto [index, inside] = checkIndex(
                          code, code.load(in[0], at), indexKind, data[*axis]);
                      SmallVector<Value> to(at);
                      to[*axis] = index;
                      code.when(inside, [&] {
                        writeElement(code, *reduction, kind,
                                     code.load(in[1], at), out[0], to);
                      });
                    });
                  });
  return node.setOutput(0, results[0]);
}

static Error importScatterND(Node &node) {
  ArrayRef<int64_t> data = node.inputShape(0), places = node.inputShape(1);
  auto reduction = readReduction(node);
  if (!reduction)
    return reduction.takeError();
  int64_t rank = static_cast<int64_t>(data.size());
  if (places.empty() || places.back() < 1 || places.back() > rank)
    return node.error("indices do not fit the data");
  int64_t depth = places.back();
  ArrayRef<int64_t> outer = places.drop_back();
  Shape expected(outer);
  expected.append(data.begin() + depth, data.end());
  if (node.inputShape(2) != ArrayRef<int64_t>(expected))
    return node.error("updates do not fit data and indices");
  if (*countElements(expected) == 0)
    return node.forward(0, 0);
  ElementKind kind = node.inputKind(0), indexKind = node.inputKind(1);
  auto results = createLoops(
      node, {node.input(1), node.input(2)}, node.input(0),
      [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
        code.nest(outer, [&](ArrayRef<Value> at) {
          SmallVector<Value> to, entry(at);
          entry.push_back(nullptr);
          Value allInside = code.truth(true);
          for (int64_t i = 0; i < depth; ++i) {
            entry.back() = code.number(i);
            auto [index, inside] =
                checkIndex(code, code.load(in[0], entry), indexKind, data[i]);
            to.push_back(index);
            allInside = code.both(allInside, inside);
          }
          code.when(allInside, [&] {
            code.nest(data.drop_front(depth), [&](ArrayRef<Value> inner) {
              SmallVector<Value> from(at), target(to);
              llvm::append_range(from, inner);
              llvm::append_range(target, inner);
              writeElement(code, *reduction, kind, code.load(in[1], from),
                           out[0], target);
            });
          });
        });
      });
  return node.setOutput(0, results[0]);
}

/// What a window that pooled without overlap would have read.
static llvm::Expected<Shape> unpooledShape(const Node &node) {
  ArrayRef<int64_t> x = node.inputShape(0);
  size_t spatial = x.size() - 2;
  auto list = [&](const char *name, size_t count, int64_t fallback) {
    auto given = node.getInts(name);
    return given ? *given : std::vector<int64_t>(count, fallback);
  };
  std::vector<int64_t> kernel = list("kernel_shape", 0, 0);
  std::vector<int64_t> strides = list("strides", spatial, 1);
  std::vector<int64_t> pads = list("pads", 2 * spatial, 0);
  if (kernel.size() != spatial || strides.size() != spatial ||
      pads.size() != 2 * spatial)
    return node.error("kernel_shape, strides and pads do not fit the input");
  Shape shape(x.take_front(2));
  for (size_t i = 0; i < spatial; ++i) {
    shape.push_back((x[2 + i] - 1) * strides[i] + kernel[i] - pads[i] -
                    pads[spatial + i]);
    if (shape.back() < 0)
      return node.error("the padding is larger than the output");
  }
  return shape;
}

static Error importMaxUnpool(Node &node) {
  ArrayRef<int64_t> x = node.inputShape(0);
  if (x.size() < 3 || node.inputShape(1) != x)
    return node.error("the indices do not fit the input");
  auto shape = unpooledShape(node);
  if (!shape)
    return shape.takeError();
  ArrayRef<int64_t> result = node.outputShape(0);
  if (result.size() != shape->size())
    return node.error("output_shape does not fit the input");
  for (auto [extent, least] : llvm::zip(result, *shape))
    if (extent < least)
      return node.error("output_shape is smaller than what is unpooled");
  int64_t count = *countElements(x), total = *countElements(*shape);
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  Value zeros = createFilled(node, {total}, scalar.attribute(0));
  Value flat = zeros;
  if (count && total)
    flat = createLoops(
        node,
        {reshape(node, node.input(0), {count}),
         reshape(node, node.input(1), {count})},
        zeros, [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
          code.loop(code.number(0), code.number(count), [&](Value at) {
            CheckedIndex to =
                checkIndex(code, code.load(in[1], at), ElementKind::I64, total);
            code.when(to.isInside, [&] {
              code.store(code.load(in[0], at), out[0], to.index);
            });
          });
        })[0];
  Value y = reshape(node, flat, *shape);
  // Indices are of the shape without output_shape, which pads that one.
  SmallVector<int64_t> low(result.size(), 0), high;
  for (auto [extent, least] : llvm::zip(result, *shape))
    high.push_back(extent - least);
  return node.setOutput(0, pad(node, y, low, high, scalar.attribute(0)));
}

void registerScatterOps(OpTable &table) {
  table["ScatterElements"] = importScatterElements;
  table["Scatter"] = importScatterElements;
  table["ScatterND"] = importScatterND;
  table["MaxUnpool"] = importMaxUnpool;
}

} // namespace convopt
