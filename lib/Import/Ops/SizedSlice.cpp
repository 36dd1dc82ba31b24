// Slice of a tensor whose sizes depend on data. An index that counts from the
// end counts from the true one, and ends are clamped to it: the size of the
// part is arithmetic on the true size. The tensor of the result has room for
// the part of the largest size, so no true size may have a larger part than
// that. Where all parts begin at a known place, elements are taken as from any
// tensor; where one is counted from the end, each is read from a place that is
// computed.
#include "Sized.h"
#include "Slicing.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

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

} // namespace convopt
