// Reshape, Slice, Concat and the gathers on tensors whose sizes depend on data.
// Memory has the strides of the largest size. So a reshape leaves elements
// where they are only if the open dimension is the outermost one of those that
// are merged or parted; parts are put together behind the true size of what
// comes before them; and an index that counts from the end counts from the true
// one.
#include "Sized.h"
#include "Slicing.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// Entry `dim` of the shape that Reshape is given: -1 for what follows from the
/// rest, nothing if it depends on data.
static std::optional<int64_t> statedSize(const Node &node, size_t dim) {
  if (node.op() != "Reshape")
    return -1;
  const Constant *least = node.least(1), *most = node.most(1);
  if (!least || !most || static_cast<int64_t>(dim) >= most->size() ||
      least->intAt(dim) != most->intAt(dim))
    return std::nullopt;
  int64_t entry = most->intAt(dim);
  return entry == 0 && !node.getInt("allowzero", 0) ? -1 : entry;
}

/// Whether Reshape's shape says every size, so that none is left to data.
static bool statesAll(const Node &node) {
  if (node.op() != "Reshape" || !node.constant(1))
    return false;
  return llvm::all_of(node.constant(1)->ints(),
                      [](int64_t size) { return size > 0; });
}

Error importSizedReshape(Node &node, ImportFunction plain) {
  if (node.op() == "Reshape" && (!node.least(1) || !node.most(1)))
    return node.error("its shape must be known at compile time, or have a "
                      "bound");
  ArrayRef<int64_t> from = node.inputShape(0), to = node.outputShape(0);
  auto refuse = [&] {
    return node.error("moves elements of a size that depends on data");
  };
  auto setSizes = [&]() -> Error {
    if (!node.isSized(0) || statesAll(node))
      return Error::success();
    if (*countElements(from) == 0)
      return refuse();
    // Groups of as many elements each, smallest first.
    size_t i = 0, j = 0;
    while (i < from.size() || j < to.size()) {
      size_t firstFrom = i, firstTo = j;
      int64_t left = i < from.size() ? from[i++] : 1;
      int64_t right = j < to.size() ? to[j++] : 1;
      while (left != right) {
        if (left < right)
          left *= from[i++];
        else
          right *= to[j++];
      }
      std::optional<size_t> open;
      for (size_t dim = firstFrom; dim < i; ++dim) {
        if (!node.inputSize(0, dim))
          continue;
        if (open)
          return refuse();
        open = dim;
      }
      if (!open)
        continue;
      for (size_t dim = firstFrom; dim < *open; ++dim)
        if (from[dim] != 1)
          return refuse();
      size_t target = firstTo;
      while (target < j && to[target] == 1 && from[*open] != 1)
        ++target;
      if (target >= j)
        return refuse();
      if (auto stated = statedSize(node, target); stated && *stated != -1)
        return refuse();
      int64_t inner = 1, innerTo = 1;
      for (size_t dim = *open + 1; dim < i; ++dim)
        inner *= from[dim];
      for (size_t dim = target + 1; dim < j; ++dim)
        innerTo *= to[dim];
      Value size = node.inputSize(0, *open);
      if (inner != innerTo)
        size = computeSize(node, size, [&](Scalar &s, ArrayRef<Value> a) {
          return s.div(s.mul(a[0], s.intConstant(inner)),
                       s.intConstant(innerTo));
        });
      node.setOutputSize(0, target, size);
    }
    return Error::success();
  };
  if (Error error = setSizes())
    return error;
  // A shape from elsewhere must not say more than the tensor's own.
  if (node.op() == "Reshape")
    for (size_t dim = 0; dim < to.size(); ++dim)
      if (!statedSize(node, dim) && !node.outputSize(0, dim))
        return refuse();
  return plain(node);
}

namespace {
/// What Slice says of one axis of open size.
struct OpenSlice {
  int64_t axis, start, end, step;
};
} // namespace

/// `at` counted from the end if it is negative, within 0 and the size.
static Value clampEdge(Scalar &s, int64_t at, Value size) {
  Value edge = s.intConstant(at);
  if (at < 0)
    return s.max(s.add(size, edge), s.intConstant(0));
  return s.min(edge, size);
}

static llvm::Expected<SmallVector<OpenSlice>> readOpenSlices(Node &node) {
  std::vector<int64_t> lists[4];
  const char *names[] = {"starts", "ends", "axes", "steps"};
  bool has[4];
  for (size_t i = 0; i < 4; ++i) {
    auto list = node.getIntsOrInput(names[i], i + 1);
    if (!list)
      return list.takeError();
    has[i] = list->has_value();
    lists[i] = list->value_or(std::vector<int64_t>());
  }
  SmallVector<OpenSlice> slices;
  int64_t rank = static_cast<int64_t>(node.inputShape(0).size());
  for (size_t i = 0; i < lists[0].size(); ++i) {
    OpenSlice slice{has[2] ? lists[2][i] : static_cast<int64_t>(i), lists[0][i],
                    lists[1][i], has[3] ? lists[3][i] : 1};
    slice.axis += slice.axis < 0 ? rank : 0;
    if (!node.inputSize(0, slice.axis))
      continue;
    // Else the largest part may not be that of the largest size.
    bool grows =
        slice.step > 0 && (slice.start >= 0 || slice.end < 0 ||
                           slice.end >= node.inputShape(0)[slice.axis]);
    if (!grows)
      return node.error("its part of a size that depends on data has no bound");
    slices.push_back(slice);
  }
  return slices;
}

Error importSizedSlice(Node &node, ImportFunction plain) {
  auto range = readSlice(node);
  if (!range)
    return range.takeError();
  for (size_t i = 1; i < node.numInputs(); ++i)
    if (Error error = refuseSized(node, i))
      return error;
  if (!node.isSized(0))
    return plain(node);
  auto slices = readOpenSlices(node);
  if (!slices)
    return slices.takeError();
  if (Error error = setBroadcastSizes(node, size_t(0)))
    return error;
  bool moves = false;
  for (const OpenSlice &slice : *slices) {
    moves |= slice.start < 0;
    node.setOutputSize(
        0, slice.axis,
        computeSize(node, node.inputSize(0, slice.axis),
                    [&](Scalar &s, ArrayRef<Value> a) {
                      Value start = clampEdge(s, slice.start, a[0]);
                      Value end = clampEdge(s, slice.end, a[0]);
                      Value length = s.max(s.sub(end, start), s.intConstant(0));
                      Value step = s.intConstant(slice.step);
                      return s.div(s.add(length, s.intConstant(slice.step - 1)),
                                   step);
                    }));
  }
  if (!moves)
    return plain(node);
  if (*countElements(node.outputShape(0)) == 0)
    return plain(node);
  // From a place that depends on the true size.
  Value x = node.input(0);
  Value y = generate(
      node, node.outputShape(0), node.outputKind(0),
      [&](Scalar &s, ArrayRef<Value> at) {
        Scalar integer(s.builder, s.loc, ElementKind::I64);
        auto toInteger = [&](Value index) -> Value {
          return s.builder.create<arith::IndexCastOp>(
              s.loc, s.builder.getI64Type(), index);
        };
        SmallVector<Value> from;
        for (size_t dim = 0; dim < at.size(); ++dim) {
          int64_t step = range->steps[dim];
          Value start = integer.intConstant(range->offsets[dim]);
          for (const OpenSlice &slice : *slices)
            if (slice.axis == static_cast<int64_t>(dim)) {
              start = clampEdge(integer, slice.start,
                                readSize(s, node.inputSize(0, dim)));
              step = slice.step;
            }
          Value place =
              integer.add(start, integer.mul(toInteger(at[dim]),
                                             integer.intConstant(step)));
          Value last = integer.intConstant(node.inputShape(0)[dim] - 1);
          from.push_back(s.builder.create<arith::IndexCastOp>(
              s.loc, s.builder.getIndexType(), integer.min(place, last)));
        }
        return s.builder.create<tensor::ExtractOp>(s.loc, x, from).getResult();
      });
  return node.setOutput(0, y);
}

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
