#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

static Error importAdd(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.add(x[0], x[1]); });
}

static Error importSub(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.sub(x[0], x[1]); });
}

static Error importMul(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.mul(x[0], x[1]); });
}

static Error importDiv(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.div(x[0], x[1]); });
}

/// Any number of inputs, folded from the left.
static Value fold(ArrayRef<Value> x,
                  llvm::function_ref<Value(Value, Value)> f) {
  Value result = x[0];
  for (Value next : x.drop_front())
    result = f(result, next);
  return result;
}

static Error importSum(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return fold(x, [&](Value a, Value b) { return s.add(a, b); });
  });
}

static Error importMean(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    Value sum = fold(x, [&](Value a, Value b) { return s.add(a, b); });
    return s.div(sum, s.constant(static_cast<double>(x.size())));
  });
}

static Error importMin(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return fold(x, [&](Value a, Value b) { return s.min(a, b); });
  });
}

static Error importMax(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return fold(x, [&](Value a, Value b) { return s.max(a, b); });
  });
}

/// fmod=0, for integers: the sign of the divisor; fmod=1: of the dividend.
static Error importMod(Node &node) {
  bool fmod = node.getInt("fmod", 0) != 0;
  if (!fmod && isFloat(node.inputKind(0)))
    return node.error("fmod must be 1 for floating point");
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) -> Value {
    if (isFloat(s.kind))
      return s.builder.create<arith::RemFOp>(s.loc, x[0], x[1]);
    if (isUnsigned(s.kind))
      return s.builder.create<arith::RemUIOp>(s.loc, x[0], x[1]);
    Value rest = s.builder.create<arith::RemSIOp>(s.loc, x[0], x[1]);
    if (fmod)
      return rest;
    Value zero = s.intConstant(0);
    Value differs = s.builder.create<arith::XOrIOp>(s.loc, s.less(rest, zero),
                                                    s.less(x[1], zero));
    Value isZero = s.equal(rest, zero);
    Value moved = s.select(differs, s.add(rest, x[1]), rest);
    return s.select(isZero, rest, moved);
  });
}

/// Powers that are cheaper than a call, for a constant exponent.
static Value smallPower(Scalar &s, Value base, double exponent) {
  if (exponent == 1)
    return base;
  if (exponent == 2)
    return s.mul(base, base);
  if (exponent == 3)
    return s.mul(s.mul(base, base), base);
  if (exponent == 0.5 && isFloat(s.kind))
    return s.math<math::SqrtOp>(base);
  if (exponent == -1 && isFloat(s.kind))
    return s.div(s.constant(1), base);
  return {};
}

/// Result and base have one type, the exponent any. Integers are computed in
/// double precision.
static Error importPow(Node &node) {
  ElementKind exponentKind = node.inputKind(1);
  const Constant *exponent = node.constant(1);
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) -> Value {
    if (exponent && exponent->isSplat())
      if (Value power = smallPower(s, x[0], exponent->doubleAt(0)))
        return power;
    ElementKind wide = isFloat(s.kind) ? s.kind : ElementKind::F64;
    Scalar w(s.builder, s.loc, wide);
    Value result = w.math<math::PowFOp>(w.convert(x[0], s.kind),
                                        w.convert(x[1], exponentKind));
    return s.convert(result, wide);
  });
}

static Error importBitShift(Node &node) {
  bool left = node.getString("direction", "") == "LEFT";
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) -> Value {
    // MLIR leaves shifts by the width undefined; ONNX shifts all bits out.
    Value shifted =
        left ? s.builder.create<arith::ShLIOp>(s.loc, x[0], x[1]).getResult()
             : s.builder.create<arith::ShRUIOp>(s.loc, x[0], x[1]).getResult();
    Value width = s.intConstant(s.type().getIntOrFloatBitWidth());
    return s.select(s.less(x[1], width), shifted, s.intConstant(0));
  });
}

void registerArithmeticOps(OpTable &table) {
  table["Add"] = importAdd;
  table["Sub"] = importSub;
  table["Mul"] = importMul;
  table["Div"] = importDiv;
  table["Sum"] = importSum;
  table["Mean"] = importMean;
  table["Min"] = importMin;
  table["Max"] = importMax;
  table["Mod"] = importMod;
  table["Pow"] = importPow;
  table["BitShift"] = importBitShift;
}

} // namespace convopt
