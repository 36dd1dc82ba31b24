// Gather, GatherElements, GatherND, ReverseSequence and ArrayFeatureExtractor
// (of ai.onnx.ml, a Gather along the last axis). An index that is out of
// bounds, which ONNX forbids, reads the nearest element instead of foreign
// memory.
#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// An index of an axis of `extent` elements, which may count from its end.
static Value wrapIndex(Scalar &s, Value index, ElementKind kind,
                       int64_t extent) {
  Scalar integer(s.builder, s.loc, ElementKind::I64);
  Value value = integer.convert(index, kind);
  Value zero = integer.intConstant(0);
  Value fromEnd = integer.add(value, integer.intConstant(extent));
  value = s.select(integer.less(value, zero), fromEnd, value);
  value =
      integer.min(integer.max(value, zero), integer.intConstant(extent - 1));
  return s.builder.create<arith::IndexCastOp>(s.loc, s.builder.getIndexType(),
                                              value);
}

static Value extract(Scalar &s, Value tensor, ArrayRef<Value> at) {
  return s.builder.create<tensor::ExtractOp>(s.loc, tensor, at);
}

static bool isEmpty(ArrayRef<int64_t> shape) {
  return llvm::is_contained(shape, 0);
}

/// Indices that are known and go up by equal steps: a slice.
static Value gatherSlice(Node &node, int64_t axis) {
  const Constant *indices = node.constant(1);
  if (!indices || indices->size() == 0 || indices->size() > (1 << 16))
    return nullptr;
  std::vector<int64_t> list = indices->ints();
  ArrayRef<int64_t> shape = node.inputShape(0);
  for (int64_t &index : list) {
    index += index < 0 ? shape[axis] : 0;
    if (index < 0 || index >= shape[axis])
      return nullptr;
  }
  int64_t step = list.size() > 1 ? list[1] - list[0] : 1;
  for (size_t i = 1; i < list.size(); ++i)
    if (list[i] - list[i - 1] != step)
      return nullptr;
  if (step < 1)
    return nullptr;
  SmallVector<int64_t> offsets(shape.size(), 0), strides(shape.size(), 1);
  Shape sizes(shape);
  offsets[axis] = list[0];
  strides[axis] = step;
  sizes[axis] = static_cast<int64_t>(list.size());
  return reshape(node, slice(node, node.input(0), offsets, sizes, strides),
                 node.outputShape(0));
}

static Error importGather(Node &node) {
  ArrayRef<int64_t> data = node.inputShape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", 0), data.size());
  if (!axis)
    return axis.takeError();
  if (isEmpty(data) && !isEmpty(node.outputShape(0)))
    return node.error("gathers from an empty tensor");
  if (Value sliced = gatherSlice(node, *axis))
    return node.setOutput(0, sliced);
  Value x = node.input(0), indices = node.input(1);
  size_t rank = node.inputShape(1).size();
  ElementKind kind = node.inputKind(1);
  Value y = generate(node, node.outputShape(0), node.outputKind(0),
                     [&](Scalar &s, ArrayRef<Value> at) {
                       Value index = extract(s, indices, at.slice(*axis, rank));
                       SmallVector<Value> from(at.take_front(*axis));
                       from.push_back(wrapIndex(s, index, kind, data[*axis]));
                       llvm::append_range(from, at.drop_front(*axis + rank));
                       return extract(s, x, from);
                     });
  return node.setOutput(0, y);
}

static Error importGatherElements(Node &node) {
  ArrayRef<int64_t> data = node.inputShape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", 0), data.size());
  if (!axis)
    return axis.takeError();
  if (node.inputShape(1).size() != data.size())
    return node.error("data and indices differ in rank");
  for (auto [i, extent] : llvm::enumerate(node.inputShape(1)))
    if (static_cast<int64_t>(i) != *axis && extent > data[i])
      return node.error("indices are larger than data");
  if (isEmpty(data) && !isEmpty(node.outputShape(0)))
    return node.error("gathers from an empty tensor");
  Value x = node.input(0), indices = node.input(1);
  ElementKind kind = node.inputKind(1);
  Value y = generate(node, node.outputShape(0), node.outputKind(0),
                     [&](Scalar &s, ArrayRef<Value> at) {
                       SmallVector<Value> from(at);
                       from[*axis] = wrapIndex(s, extract(s, indices, at), kind,
                                               data[*axis]);
                       return extract(s, x, from);
                     });
  return node.setOutput(0, y);
}

static Error importGatherND(Node &node) {
  ArrayRef<int64_t> data = node.inputShape(0), places = node.inputShape(1);
  int64_t batch = node.getInt("batch_dims", 0);
  int64_t rank = data.size(), outer = static_cast<int64_t>(places.size()) - 1;
  if (outer < 0 || batch < 0 || batch > outer || batch > rank ||
      places.back() < 1 || places.back() > rank - batch)
    return node.error("batch_dims and indices do not fit the data");
  if (data.take_front(batch) != places.take_front(batch))
    return node.error("data and indices differ in the batch");
  if (isEmpty(data) && !isEmpty(node.outputShape(0)))
    return node.error("gathers from an empty tensor");
  Value x = node.input(0), indices = node.input(1);
  ElementKind kind = node.inputKind(1);
  Value y = generate(
      node, node.outputShape(0), node.outputKind(0),
      [&](Scalar &s, ArrayRef<Value> at) {
        SmallVector<Value> from(at.take_front(batch));
        for (int64_t i = 0; i < places.back(); ++i) {
          SmallVector<Value> entry(at.take_front(outer));
          entry.push_back(s.builder.create<arith::ConstantIndexOp>(s.loc, i));
          from.push_back(
              wrapIndex(s, extract(s, indices, entry), kind, data[batch + i]));
        }
        llvm::append_range(from, at.drop_front(outer));
        return extract(s, x, from);
      });
  return node.setOutput(0, y);
}

/// The first elements of each sequence in reverse, as many as its length says.
static Error importReverseSequence(Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  const int64_t time = node.getInt("time_axis", 0);
  const int64_t batch = node.getInt("batch_axis", 1);
  if (shape.size() < 2 || time + batch != 1 || time * batch != 0)
    return node.error("time_axis and batch_axis must be 0 and 1 or 1 and 0");
  if (node.inputShape(1) != ArrayRef<int64_t>{shape[batch]})
    return node.error("needs one length for each sequence");
  Value x = node.input(0), lengths = node.input(1);
  const ElementKind kind = node.inputKind(1);
  Value y = generate(
      node, shape, node.outputKind(0), [&](Scalar &s, ArrayRef<Value> at) {
        Scalar integer(s.builder, s.loc, ElementKind::I64);
        Value length = integer.convert(extract(s, lengths, at[batch]), kind);
        Value place = s.builder.create<arith::IndexCastOp>(
            s.loc, integer.type(), at[time]);
        Value last =
            integer.sub(integer.min(length, integer.intConstant(shape[time])),
                        integer.intConstant(1));
        Value from = integer.select(integer.less(last, place), place,
                                    integer.sub(last, place));
        SmallVector<Value> source(at);
        source[time] = s.builder.create<arith::IndexCastOp>(
            s.loc, s.builder.getIndexType(), from);
        return extract(s, x, source);
      });
  return node.setOutput(0, y);
}

static Error importFeatureExtractor(Node &node) {
  ArrayRef<int64_t> data = node.inputShape(0);
  const auto count = countElements(node.inputShape(1));
  if (data.empty())
    return node.error("selects from a scalar");
  if (isEmpty(data) && !isEmpty(node.outputShape(0)))
    return node.error("gathers from an empty tensor");
  Value x = node.input(0), indices = reshapedInput(node, 1, {*count});
  ElementKind kind = node.inputKind(1);
  Value y = generate(node, node.outputShape(0), node.outputKind(0),
                     [&](Scalar &s, ArrayRef<Value> at) {
                       // Of a vector the result has one row.
                       SmallVector<Value> from(at.take_back(data.size()));
                       from.back() =
                           wrapIndex(s, extract(s, indices, at.back()), kind,
                                     data.back());
                       return extract(s, x, from);
                     });
  return node.setOutput(0, y);
}

void registerGatherOps(OpTable &table) {
  table["Gather"] = importGather;
  table["GatherElements"] = importGatherElements;
  table["GatherND"] = importGatherND;
  table["ArrayFeatureExtractor"] = importFeatureExtractor;
  table["ReverseSequence"] = importReverseSequence;
}

} // namespace convopt
