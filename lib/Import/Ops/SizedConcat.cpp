// Concat of tensors whose sizes depend on data. Along another axis than that of
// the operator open sizes must be the same ones. Along its own, parts are put
// together behind the true size of what comes before them: where each begins is
// known when the program runs, so every element of the result looks for the
// last part that begins no later than its place.
#include "Sized.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

Error importSizedConcat(Node &node, ImportFunction plain) {
  int64_t rank = static_cast<int64_t>(node.outputShape(0).size());
  auto axis = node.normalizeAxis(node.getInt("axis", 1), rank);
  if (!axis)
    return axis.takeError();
  bool open = false;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (static_cast<int64_t>(node.inputShape(i).size()) != rank)
      return node.error("the inputs differ in rank");
    for (int64_t dim = 0; dim < rank; ++dim) {
      Value size = node.inputSize(i, dim), known = node.outputSize(0, dim);
      open |= size && dim == *axis;
      if (!size || dim == *axis)
        continue;
      if (known && !areEqualSizes(known, size))
        return node.error("two sizes that depend on data meet in dimension " +
                          Twine(dim));
      node.setOutputSize(0, dim, size);
    }
  }
  if (!open)
    return plain(node);
  // Where each input begins, and where the last one ends.
  SmallVector<Value> begins{constantSize(node, 0)}, inputs;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    inputs.push_back(node.input(i));
    begins.push_back(computeSize(
        node, {begins.back(), sizeOf(node, i, *axis)},
        [](Scalar &s, ArrayRef<Value> a) { return s.add(a[0], a[1]); }));
  }
  node.setOutputSize(0, *axis, begins.back());
  if (*countElements(node.outputShape(0)) == 0)
    return node.setOutput(0, createEmpty(node, node.outputShape(0),
                                         node.outputType(0).getElementType()));
  Value y = generate(
      node, node.outputShape(0), node.outputKind(0),
      [&](Scalar &s, ArrayRef<Value> at) {
        OpBuilder &b = s.builder;
        Scalar integer(b, s.loc, ElementKind::I64);
        Value place =
            b.create<arith::IndexCastOp>(s.loc, b.getI64Type(), at[*axis]);
        Value result;
        for (size_t i = 0; i < inputs.size(); ++i) {
          int64_t extent = shapeOf(inputs[i])[*axis];
          if (extent == 0)
            continue;
          Value begin = readSize(s, begins[i]);
          Value inside =
              integer.max(integer.sub(place, begin), integer.intConstant(0));
          inside = integer.min(inside, integer.intConstant(extent - 1));
          SmallVector<Value> from(at);
          from[*axis] =
              b.create<arith::IndexCastOp>(s.loc, b.getIndexType(), inside);
          Value element = b.create<tensor::ExtractOp>(s.loc, inputs[i], from);
          result = result
                       ? s.select(integer.less(place, begin), result, element)
                       : element;
        }
        return result;
      });
  return node.setOutput(0, y);
}

} // namespace convopt
