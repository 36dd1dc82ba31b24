// What a transposed convolution's filter and bias become for the ordinary
// convolution that computes it (ConvTranspose.cpp).
#include "ConvTranspose.h"
#include "Generic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using llvm::Expected;

namespace convopt {

SmallVector<int64_t> TransposedAxis::tapTable() const {
  SmallVector<int64_t> table;
  for (int64_t phase = 0; phase < stride; ++phase)
    for (int64_t tap = 0; tap < taps(); ++tap) {
      int64_t offset = phase + stride * (taps() - 1 - tap);
      bool hit = offset % dilation == 0 && offset / dilation < kernel;
      table.push_back(hit ? offset / dilation : -1);
    }
  return table;
}

int64_t TransposedAxis::taps() const {
  return llvm::divideCeil((kernel - 1) * dilation + 1, stride);
}

static int64_t floorDivide(int64_t a, int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

int64_t TransposedAxis::firstBlock() const {
  return floorDivide(padBegin, stride);
}
int64_t TransposedAxis::endBlock() const {
  return floorDivide(padBegin + output + stride - 1, stride);
}

/// What the sizes of a filter (C, M / groups, kernel...) become: groups,
/// channels of a group with all phases, C / groups, taps.
static SmallVector<int64_t> filterShape(ArrayRef<int64_t> filter,
                                        ArrayRef<TransposedAxis> axes,
                                        int64_t groups) {
  SmallVector<int64_t> shape = {groups, filter[1], filter[0] / groups};
  for (const TransposedAxis &axis : axes) {
    shape[1] *= axis.stride;
    shape.push_back(axis.taps());
  }
  return shape;
}

/// The filter that is known, rearranged to `filterShape`.
static Constant rearrangeConstant(const Constant &filter,
                                  ArrayRef<TransposedAxis> axes,
                                  int64_t groups) {
  ArrayRef<int64_t> from = filter.shape();
  SmallVector<int64_t> shape = filterShape(from, axes, groups);
  int64_t phases = 1, taps = 1, kernel = 1;
  for (const TransposedAxis &axis : axes) {
    phases *= axis.stride;
    taps *= axis.taps();
    kernel *= axis.kernel;
  }
  SmallVector<SmallVector<int64_t>> tables;
  for (const TransposedAxis &axis : axes)
    tables.push_back(axis.tapTable());
  // Where in a kernel the element (phase, tap) is; -1: nowhere.
  std::vector<int64_t> source(phases * taps, 0);
  for (int64_t i = 0; i < phases * taps; ++i) {
    int64_t phase = i / taps, tap = i % taps, weight = 1;
    for (size_t j = axes.size(); j-- > 0;) {
      int64_t stride = axes[j].stride, count = axes[j].taps();
      int64_t at = tables[j][phase % stride * count + tap % count];
      source[i] = at < 0 || source[i] < 0 ? -1 : source[i] + at * weight;
      weight *= axes[j].kernel;
      phase /= stride;
      tap /= count;
    }
  }
  int64_t size = byteSize(filter.kind()), perGroup = shape[2];
  auto bytes =
      std::make_shared<std::vector<char>>(*countElements(shape) * size, 0);
  char *out = bytes->data();
  bool splat = filter.bytes().size() == static_cast<size_t>(size);
  for (int64_t g = 0; g < groups; ++g)
    for (int64_t m = 0; m < from[1]; ++m)
      for (int64_t phase = 0; phase < phases; ++phase)
        for (int64_t c = 0; c < perGroup; ++c)
          for (int64_t tap = 0; tap < taps; ++tap, out += size) {
            int64_t at = source[phase * taps + tap];
            int64_t index = ((g * perGroup + c) * from[1] + m) * kernel + at;
            if (at >= 0)
              std::memcpy(out,
                          filter.bytes().data() + (splat ? 0 : index * size),
                          size);
          }
  ArrayRef<char> view(*bytes);
  return Constant(filter.kind(), shape, view, std::move(bytes));
}

/// The same for a filter that is computed.
static Value rearrangeValue(Node &node, ArrayRef<TransposedAxis> axes,
                            int64_t groups) {
  Shape shape = filterShape(node.inputShape(1), axes, groups);
  Value filter = node.input(1);
  SmallVector<Value> tables;
  for (const TransposedAxis &axis : axes)
    tables.push_back(node.materialise(Constant::fromInts(
        ElementKind::I64, {axis.stride, axis.taps()}, axis.tapTable())));
  auto body = [&](Scalar &s, ArrayRef<Value> at) -> Value {
    OpBuilder &b = s.builder;
    auto number = [&](int64_t value) -> Value {
      return b.create<arith::ConstantIndexOp>(s.loc, value);
    };
    Value channel = at[1];
    SmallVector<Value> kernel(axes.size());
    Value valid = b.create<arith::ConstantOp>(s.loc, b.getBoolAttr(true));
    for (size_t i = axes.size(); i-- > 0;) {
      Value stride = number(axes[i].stride);
      Value phase = b.create<arith::RemSIOp>(s.loc, channel, stride);
      channel = b.create<arith::DivSIOp>(s.loc, channel, stride);
      Value entry = b.create<tensor::ExtractOp>(s.loc, tables[i],
                                                ValueRange{phase, at[3 + i]});
      Value index =
          b.create<arith::IndexCastOp>(s.loc, b.getIndexType(), entry);
      Value inside = b.create<arith::CmpIOp>(s.loc, arith::CmpIPredicate::sge,
                                             index, number(0));
      valid = b.create<arith::AndIOp>(s.loc, valid, inside);
      kernel[i] = b.create<arith::MaxSIOp>(s.loc, index, number(0));
    }
    Value group = b.create<arith::MulIOp>(s.loc, at[0], number(shape[2]));
    SmallVector<Value> indices = {b.create<arith::AddIOp>(s.loc, group, at[2]),
                                  channel};
    indices.append(kernel);
    Value value = b.create<tensor::ExtractOp>(s.loc, filter, indices);
    return s.select(valid, value, s.constant(0));
  };
  return generate(node, shape, node.inputKind(1), body);
}

Expected<Value> rearrangeFilter(Node &node, ArrayRef<TransposedAxis> axes,
                                int64_t groups) {
  constexpr int64_t limit = int64_t(1) << 30;
  SmallVector<int64_t> shape = filterShape(node.inputShape(1), axes, groups);
  if (countElements(shape).value_or(limit) >= limit)
    return node.error("its strides and filter are too large");
  if (const Constant *known = node.constant(1))
    return node.materialise(rearrangeConstant(*known, axes, groups));
  return rearrangeValue(node, axes, groups);
}

Value repeatBias(Node &node, int64_t phases) {
  int64_t channels = node.inputShape(2)[0];
  if (const Constant *bias = node.constant(2)) {
    std::vector<double> repeated;
    for (double value : bias->doubles())
      repeated.insert(repeated.end(), phases, value);
    return node.materialise(
        Constant::fromDoubles(bias->kind(), {channels * phases}, repeated));
  }
  Value column = reshape(node, node.input(2), {channels, 1});
  Value repeated =
      elementwise(node, Operand(column), {channels, phases}, node.inputKind(2),
                  [](Scalar &, ArrayRef<Value> x) { return x[0]; });
  return reshape(node, repeated, {channels * phases});
}

} // namespace convopt
