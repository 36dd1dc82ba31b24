// NonZero and Compress select some of many; how many depends on data. The
// result has the size that it has at most; what is behind the selected ones is
// zero, and a number beside it says how many those are.
#include "Select.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

Value emptySize(Node &node) {
  return createEmpty(node, {}, node.builder.getI64Type());
}

Value createZeros(Node &node, size_t output) {
  Scalar scalar(node.builder, node.loc, node.outputKind(output));
  return createFilled(node, node.outputShape(output), scalar.attribute(0));
}

/// Of elements that are known: a shape that follows does not depend on data.
static Constant findPlaces(const Constant &x) {
  ArrayRef<int64_t> shape = x.shape();
  SmallVector<std::vector<int64_t>> rows(shape.size());
  for (int64_t i = 0; i < x.size(); ++i) {
    if (x.doubleAt(i) == 0)
      continue;
    int64_t rest = i;
    for (size_t dim = shape.size(); dim-- > 0; rest /= shape[dim])
      rows[dim].push_back(rest % shape[dim]);
  }
  std::vector<int64_t> all;
  for (const std::vector<int64_t> &row : rows)
    all.insert(all.end(), row.begin(), row.end());
  const auto rank = static_cast<int64_t>(shape.size());
  const auto count =
      static_cast<int64_t>(rows.empty() ? 0 : rows.front().size());
  return Constant::fromInts(ElementKind::I64, {rank, count}, all);
}

/// The places of elements that are not zero, in row-major order, as columns.
static Error importNonZero(Node &node) {
  Shape shape(node.inputShape(0));
  ElementKind kind = node.inputKind(0);
  int64_t rank = static_cast<int64_t>(shape.size());
  int64_t count = *countElements(shape);
  if (const Constant *known = node.constant(0); known && !node.isSized(0))
    return node.setOutput(0, findPlaces(*known));
  if (node.outputShape(0) != ArrayRef<int64_t>{rank, count})
    return node.error("the output does not fit the input");
  auto body = [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
    code.storeIndex(code.number(0), out[1], {});
    code.nest(shape, [&](ArrayRef<Value> at) {
      Scalar truth = code.scalar(ElementKind::Bool);
      Value element = code.load(in[0], at);
      code.when(truth.convert(element, kind), [&] {
        Value found = code.loadIndex(out[1], {});
        for (int64_t i = 0; i < rank; ++i)
          code.storeIndex(at[i], out[0], {code.number(i), found});
        code.storeIndex(code.add(found, code.number(1)), out[1], {});
      });
    });
  };
  auto results = createLoops(node, node.input(0),
                             {createZeros(node, 0), emptySize(node)}, body);
  node.setOutputSize(0, 1, results[1]);
  return node.setOutput(0, results[0]);
}

/// A condition that is known says which slices are gathered. `x` of `shape` is
/// input 0, or that in one dimension.
static Error gatherKnown(Node &node, ArrayRef<int64_t> shape, int64_t axis,
                         const Constant &condition) {
  std::vector<int64_t> places;
  for (int64_t i = 0; i < condition.size(); ++i)
    if (condition.intAt(i))
      places.push_back(i);
  if (!places.empty() && places.back() >= shape[axis])
    return node.error("the condition is longer than the axis");
  ImportedValue x, indices, y;
  x.kind = y.kind = node.inputKind(0);
  x.shape.assign(shape.begin(), shape.end());
  if (const Constant *known = node.constant(0))
    x.constant = known->reshaped(shape);
  else
    x.value = reshapedInput(node, 0, shape);
  const auto count = static_cast<int64_t>(places.size());
  indices.kind = ElementKind::I64;
  indices.shape = {count};
  indices.constant = Constant::fromInts(indices.kind, {count}, places);
  y.shape.assign(node.outputShape(0).begin(), node.outputShape(0).end());
  // Its axis is that of Compress.
  ImportedValue *inputs[] = {&x, &indices};
  Node gather = node.with(inputs, y);
  if (Error error = getOpTable().lookup("Gather")(gather))
    return error;
  return y.constant ? node.setOutput(0, *y.constant)
                    : node.setOutput(0, y.value);
}

llvm::Expected<int64_t> axisOrFlatten(const Node &node, Shape &shape) {
  if (node.hasAttribute("axis"))
    return node.normalizeAxis(node.getInt("axis", 0),
                              static_cast<int64_t>(shape.size()));
  shape = {*countElements(shape)};
  return 0;
}

/// Slices along an axis, or elements, where the condition holds; it may be
/// shorter than the axis.
static Error importCompress(Node &node) {
  Shape shape(node.inputShape(0)), result(node.outputShape(0));
  auto axis = axisOrFlatten(node, shape);
  if (!axis)
    return axis.takeError();
  if (node.inputShape(1).size() != 1 || result.size() != shape.size())
    return node.error("the condition is not one-dimensional");
  if (const Constant *known = node.constant(1); known && !node.isSized(1))
    return gatherKnown(node, shape, *axis, *known);
  int64_t length = std::min(node.inputShape(1)[0], shape[*axis]);
  Shape before(ArrayRef(shape).take_front(*axis));
  Shape behind(ArrayRef(shape).drop_front(*axis + 1));
  Value x = reshapedInput(node, 0, shape);
  auto body = [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
    Value zero = code.number(0);
    Value found = code.fold(
        zero, code.number(length), zero, [&](Value at, ValueRange so) {
          Value holds = code.load(in[1], at), place = so[0];
          code.when(holds, [&] {
            code.nest(before, [&](ArrayRef<Value> outer) {
              code.nest(behind, [&](ArrayRef<Value> inner) {
                SmallVector<Value> from(outer), to(outer);
                from.push_back(at);
                to.push_back(place);
                llvm::append_range(from, inner);
                llvm::append_range(to, inner);
                code.store(code.load(in[0], from), out[0], to);
              });
            });
          });
          Value next = code.add(place, code.number(1));
          return SmallVector<Value>{code.select(holds, next, place)};
        })[0];
    code.storeIndex(found, out[1], {});
  };
  auto results = createLoops(node, {x, node.input(1)},
                             {createZeros(node, 0), emptySize(node)}, body);
  node.setOutputSize(0, *axis, results[1]);
  return node.setOutput(0, results[0]);
}

void registerSelectOps(OpTable &table) {
  table["NonZero"] = importNonZero;
  table["Compress"] = importCompress;
}

} // namespace convopt
