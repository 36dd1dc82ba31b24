// TensorScatter, which writes the keys or values of new tokens into a cache.
// Each element of the result asks whether it is among those that are written:
// that has no order, and one pass moves the cache, as a copy would.
#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// Number `place` along the axis counted from where the batch's new elements
/// begin, `start`; in a ring of `extent` places, or negative before it.
static Value countFrom(Scalar &s, Value place, Value start, int64_t extent,
                       bool isRing) {
  if (!isRing)
    return s.sub(place, start);
  Value size = s.intConstant(extent), zero = s.intConstant(0);
  auto wrap = [&](Value x) {
    return s.select(s.less(x, zero), s.add(x, size), x);
  };
  start = wrap(s.builder.create<arith::RemSIOp>(s.loc, start, size));
  return wrap(s.sub(place, start));
}

static Error importTensorScatter(Node &node) {
  Shape cache(node.inputShape(0)), update(node.inputShape(1));
  int64_t rank = static_cast<int64_t>(cache.size());
  auto axis = node.normalizeAxis(node.getInt("axis", -2), rank);
  if (!axis)
    return axis.takeError();
  StringRef mode = node.getString("mode", "linear");
  if (mode != "linear" && mode != "circular")
    return node.error("has a mode that ONNX does not define");
  Shape fitting(update);
  if (fitting.size() == cache.size() && fitting[*axis] <= cache[*axis])
    fitting[*axis] = cache[*axis];
  bool hasStarts = node.hasInput(2);
  if (fitting != cache || *axis == 0 ||
      (hasStarts && node.inputShape(2) != ArrayRef(cache).take_front(1)))
    return node.error("the update does not fit the cache");
  if (*countElements(update) == 0)
    return node.forward(0, 0);
  Value x = node.input(0), y = node.input(1);
  Value starts = hasStarts ? node.input(2) : Value();
  Value result = generate(
      node, cache, node.outputKind(0),
      [&](Scalar &s, ArrayRef<Value> at) -> Value {
        OpBuilder &b = s.builder;
        Scalar integer(b, s.loc, ElementKind::I64);
        Value start = starts ? b.create<tensor::ExtractOp>(s.loc, starts, at[0])
                             : integer.intConstant(0);
        Value place =
            b.create<arith::IndexCastOp>(s.loc, b.getI64Type(), at[*axis]);
        Value count =
            countFrom(integer, place, start, cache[*axis], mode == "circular");
        Value zero = integer.intConstant(0);
        Value last = integer.intConstant(update[*axis] - 1);
        Value isNew =
            b.create<arith::AndIOp>(s.loc, integer.lessOrEqual(zero, count),
                                    integer.lessOrEqual(count, last));
        SmallVector<Value> from(at);
        from[*axis] = b.create<arith::IndexCastOp>(
            s.loc, b.getIndexType(),
            integer.max(integer.min(count, last), zero));
        return s.select(isNew, b.create<tensor::ExtractOp>(s.loc, y, from),
                        b.create<tensor::ExtractOp>(s.loc, x, at));
      });
  return node.setOutput(0, result);
}

void registerTensorScatterOps(OpTable &table) {
  table["TensorScatter"] = importTensorScatter;
}

} // namespace convopt
