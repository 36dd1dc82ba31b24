#include "Float8.h"
#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

static Error importEqual(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.equal(x[0], x[1]); });
}
static Error importLess(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.less(x[0], x[1]); });
}
static Error importGreater(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.less(x[1], x[0]); });
}
static Error importLessOrEqual(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return s.lessOrEqual(x[0], x[1]);
  });
}
static Error importGreaterOrEqual(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return s.lessOrEqual(x[1], x[0]);
  });
}

/// Bits of integers and of booleans alike.
template <typename Op> static Error importBits(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) -> Value {
    return s.builder.create<Op>(s.loc, x[0], x[1]);
  });
}

static Error importNot(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) -> Value {
    Value ones = s.builder.create<arith::ConstantOp>(
        s.loc, IntegerAttr::get(s.type(), -1));
    return s.builder.create<arith::XOrIOp>(s.loc, x[0], ones);
  });
}

static Error importWhere(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return s.select(x[0], x[1], x[2]);
  });
}

/// To or from 8-bit floats, by way of f32, or of f64 for what that holds more
/// of.
static Error importFloat8Cast(Node &node) {
  ElementKind from = node.inputKind(0), to = node.outputKind(0);
  Float8Rounding rounding{node.getInt("saturate", 1) != 0,
                          node.getString("round_mode", "up")};
  ElementKind wide =
      from == ElementKind::F64 ? ElementKind::F64 : ElementKind::F32;
  Value result =
      elementwise(node, {Operand(node, 0)}, node.outputShape(0), to,
                  [&](Scalar &s, ArrayRef<Value> a) {
                    Scalar middle(s.builder, s.loc, wide);
                    Value x = isFloat8(from) ? decodeFloat8(middle, a[0], from)
                                             : middle.convert(a[0], from);
                    return isFloat8(to) ? encodeFloat8(middle, x, to, rounding)
                                        : s.convert(x, wide);
                  });
  return node.setOutput(0, result);
}

static Error importCast(Node &node) {
  ElementKind from = node.inputKind(0), to = node.outputKind(0);
  if (from == to)
    return node.forward(0, 0);
  if (isFloat8(from) || isFloat8(to))
    return importFloat8Cast(node);
  Value result = elementwise(
      node, {Operand(node, 0)}, node.outputShape(0), to,
      [&](Scalar &s, ArrayRef<Value> x) { return s.convert(x[0], from); });
  return node.setOutput(0, result);
}

void registerComparisonOps(OpTable &table) {
  table["Equal"] = importEqual;
  table["Less"] = importLess;
  table["Greater"] = importGreater;
  table["LessOrEqual"] = importLessOrEqual;
  table["GreaterOrEqual"] = importGreaterOrEqual;
  table["And"] = table["BitwiseAnd"] = importBits<arith::AndIOp>;
  table["Or"] = table["BitwiseOr"] = importBits<arith::OrIOp>;
  table["Xor"] = table["BitwiseXor"] = importBits<arith::XOrIOp>;
  table["Not"] = table["BitwiseNot"] = importNot;
  table["Where"] = importWhere;
  table["Cast"] = table["CastLike"] = importCast;
}

} // namespace convopt
