// Gather, GatherElements and GatherND where sizes depend on data, those of the
// tensor or of the indices. The result has the sizes of both, as its shape is
// made of theirs. A negative index counts from the true end: such ones are made
// positive before the operator sees them, since it knows the largest size
// alone.
#include "Sized.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// Input 1's indices, those that are negative counted from the true end of
/// `dims` of input 0: entry i of the last dimension is an index into dims[i],
/// or all are into the only one.
static Error countFromTrueEnd(Node &node, ArrayRef<int64_t> dims) {
  bool open = llvm::any_of(
      dims, [&](int64_t dim) { return node.inputSize(0, dim) != nullptr; });
  if (!open)
    return Error::success();
  if (const Constant *known = node.constant(1)) {
    if (llvm::all_of(known->ints(), [](int64_t index) { return index >= 0; }))
      return Error::success();
    return node.error("counts from the end of a size that depends on data");
  }
  ElementKind kind = node.inputKind(1);
  size_t rank = node.inputShape(1).size();
  Value indices = elementwise(
      node, Operand(node, 1), node.inputShape(1), kind,
      [&](Scalar &s, ArrayRef<Value> a) {
        OpBuilder &b = s.builder;
        Scalar integer(b, s.loc, ElementKind::I64);
        Value size;
        for (auto [i, dim] : llvm::enumerate(dims)) {
          Value next = node.inputSize(0, dim)
                           ? readSize(s, node.inputSize(0, dim))
                           : integer.intConstant(node.inputShape(0)[dim]);
          if (i == 0) {
            size = next;
            continue;
          }
          Value entry = b.create<linalg::IndexOp>(s.loc, rank - 1);
          Value isHere = b.create<arith::CmpIOp>(
              s.loc, arith::CmpIPredicate::eq, entry,
              b.create<arith::ConstantIndexOp>(s.loc, i).getResult());
          size = integer.select(isHere, next, size);
        }
        Value index = integer.convert(a[0], kind);
        Value moved = integer.add(index, size);
        Value isNegative = integer.less(index, integer.intConstant(0));
        return s.convert(integer.select(isNegative, moved, index),
                         ElementKind::I64);
      });
  node.substitute(1, indices);
  return Error::success();
}

Error importSizedGather(Node &node, ImportFunction plain) {
  int64_t rank = static_cast<int64_t>(node.inputShape(0).size());
  auto axis = node.normalizeAxis(node.getInt("axis", 0), rank);
  if (!axis)
    return axis.takeError();
  if (Error error = countFromTrueEnd(node, *axis))
    return error;
  size_t count = node.inputShape(1).size();
  for (size_t dim = 0; dim < node.outputShape(0).size(); ++dim) {
    Value size;
    if (static_cast<int64_t>(dim) < *axis)
      size = node.inputSize(0, dim);
    else if (dim < *axis + count)
      size = node.inputSize(1, dim - *axis);
    else
      size = node.inputSize(0, dim - count + 1);
    if (size)
      node.setOutputSize(0, dim, size);
  }
  return plain(node);
}

Error importSizedGatherElements(Node &node, ImportFunction plain) {
  auto axis = node.normalizeAxis(
      node.getInt("axis", 0), static_cast<int64_t>(node.inputShape(0).size()));
  if (!axis)
    return axis.takeError();
  if (Error error = countFromTrueEnd(node, *axis))
    return error;
  if (node.inputShape(1).size() == node.outputShape(0).size())
    if (Error error = setBroadcastSizes(node, size_t(1)))
      return error;
  return plain(node);
}

Error importSizedGatherND(Node &node, ImportFunction plain) {
  ArrayRef<int64_t> places = node.inputShape(1);
  size_t batch =
      static_cast<size_t>(std::max<int64_t>(node.getInt("batch_dims", 0), 0));
  size_t rank = node.inputShape(0).size();
  if (places.empty() || places.back() < 1 || batch + places.back() > rank)
    return node.error("batch_dims and indices do not fit the data");
  if (node.inputSize(1, places.size() - 1))
    return node.error("the depth of its indices depends on data");
  SmallVector<int64_t> dims;
  for (int64_t i = 0; i < places.back(); ++i)
    dims.push_back(static_cast<int64_t>(batch) + i);
  if (Error error = countFromTrueEnd(node, dims))
    return error;
  size_t outer = places.size() - 1;
  for (size_t dim = 0; dim < node.outputShape(0).size(); ++dim) {
    Value size = dim < outer
                     ? node.inputSize(1, dim)
                     : node.inputSize(0, dim - outer + batch + places.back());
    if (!size && dim < batch)
      size = node.inputSize(0, dim);
    if (size)
      node.setOutputSize(0, dim, size);
  }
  return plain(node);
}

} // namespace convopt
