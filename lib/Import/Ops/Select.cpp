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

/// The places of elements that are not zero, in row-major order, as columns.
static Error importNonZero(Node &node) {
  Shape shape(node.inputShape(0));
  ElementKind kind = node.inputKind(0);
  int64_t rank = static_cast<int64_t>(shape.size());
  int64_t count = *countElements(shape);
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

/// Slices along an axis, or elements, where the condition holds; it may be
/// shorter than the axis.
static Error importCompress(Node &node) {
  Shape shape(node.inputShape(0)), result(node.outputShape(0));
  int64_t axis = 0;
  if (node.hasAttribute("axis")) {
    auto normal = node.normalizeAxis(node.getInt("axis", 0),
                                     static_cast<int64_t>(shape.size()));
    if (!normal)
      return normal.takeError();
    axis = *normal;
  } else {
    shape = {*countElements(shape)};
  }
  if (node.inputShape(1).size() != 1 || result.size() != shape.size())
    return node.error("the condition is not one-dimensional");
  int64_t length = std::min(node.inputShape(1)[0], shape[axis]);
  Shape before(ArrayRef(shape).take_front(axis));
  Shape behind(ArrayRef(shape).drop_front(axis + 1));
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
  node.setOutputSize(0, axis, results[1]);
  return node.setOutput(0, results[0]);
}

void registerSelectOps(OpTable &table) {
  table["NonZero"] = importNonZero;
  table["Compress"] = importCompress;
}

} // namespace convopt
