// Element-wise functions of one argument that are no activations.
#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// An operation of the math dialect.
template <typename Op> static Error importMath(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.math<Op>(x[0]); });
}

/// The same, for operators that take integers too and leave them.
template <typename Op> static Error importRounding(Node &node) {
  if (!isFloat(node.inputKind(0)))
    return node.forward(0, 0);
  return importMath<Op>(node);
}

static Error importAbs(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.abs(x[0]); });
}

static Error importNeg(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.neg(x[0]); });
}

static Error importReciprocal(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return s.div(s.constant(1), x[0]);
  });
}

/// -1, 0 or 1; NaN stays NaN.
static Error importSign(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    Value zero = s.intConstant(0), one = s.intConstant(1);
    Value positive = s.less(zero, x[0]);
    if (isUnsigned(s.kind))
      return s.select(positive, one, zero);
    Value negative = s.select(s.less(x[0], zero), s.intConstant(-1), x[0]);
    return s.select(positive, one, negative);
  });
}

static Error importIsNaN(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) -> Value {
    return s.builder.create<arith::CmpFOp>(s.loc, arith::CmpFPredicate::UNO,
                                           x[0], x[0]);
  });
}

static Error importIsInf(Node &node) {
  bool positive = node.getInt("detect_positive", 1) != 0;
  bool negative = node.getInt("detect_negative", 1) != 0;
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) -> Value {
    auto equals = [&](TypedAttr limit) {
      return s.equal(x[0], s.builder.create<arith::ConstantOp>(s.loc, limit));
    };
    Value none = s.builder.create<arith::ConstantOp>(
        s.loc, s.builder.getBoolAttr(false));
    Value above = positive ? equals(s.highest()) : none;
    Value below = negative ? equals(s.lowest()) : none;
    return s.builder.create<arith::OrIOp>(s.loc, above, below);
  });
}

void registerMathOps(OpTable &table) {
  table["Abs"] = importAbs;
  table["Neg"] = importNeg;
  table["Reciprocal"] = importReciprocal;
  table["Sign"] = importSign;
  table["IsNaN"] = importIsNaN;
  table["IsInf"] = importIsInf;
  table["Exp"] = importMath<math::ExpOp>;
  table["Log"] = importMath<math::LogOp>;
  table["Sqrt"] = importMath<math::SqrtOp>;
  table["Erf"] = importMath<math::ErfOp>;
  table["Sin"] = importMath<math::SinOp>;
  table["Cos"] = importMath<math::CosOp>;
  table["Tan"] = importMath<math::TanOp>;
  table["Asin"] = importMath<math::AsinOp>;
  table["Acos"] = importMath<math::AcosOp>;
  table["Atan"] = importMath<math::AtanOp>;
  table["Sinh"] = importMath<math::SinhOp>;
  table["Cosh"] = importMath<math::CoshOp>;
  table["Asinh"] = importMath<math::AsinhOp>;
  table["Acosh"] = importMath<math::AcoshOp>;
  table["Atanh"] = importMath<math::AtanhOp>;
  table["Tanh"] = importMath<math::TanhOp>;
  table["Floor"] = importRounding<math::FloorOp>;
  table["Ceil"] = importRounding<math::CeilOp>;
  table["Round"] = importRounding<math::RoundEvenOp>;
}

} // namespace convopt
