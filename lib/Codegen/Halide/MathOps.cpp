// Functions of the math dialect by how they are computed: those that are
// vectors of arithmetic in HalideMath, those that are instructions or a few of
// them, and the rest, which no network has for every element, as calls of libm.
// A sigmoid arrives as the four operations that ONNX defines it by and is
// recognised, because one polynomial for the whole takes less than an
// exponential followed by a division.

#include "HalideMath.h"
#include "RoundedIntegers.h"
#include "ScalarOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using Halide::Expr;
namespace H = Halide;

namespace convopt {

/// A call of a function of libm for each element.
static Expr libm(const char *name, ArrayRef<Expr> arguments) {
  H::Type type = arguments[0].type();
  std::vector<Expr> wide;
  H::Type computed = type == H::Float(64) ? type : H::Float(32);
  for (const Expr &argument : arguments)
    wide.push_back(H::cast(computed, argument));
  std::string symbol = computed.bits() == 64 ? name : std::string(name) + "f";
  return H::cast(type, H::Internal::Call::make(computed, symbol, wide,
                                               H::Internal::Call::PureExtern));
}

/// f(x), in f32 for the half types.
static Expr wide(Expr (*f)(Expr), Expr x) {
  if (x.type().bits() >= 32)
    return f(x);
  return H::cast(x.type(), f(H::cast(H::Float(32), x)));
}

static Expr number(const Expr &like, double value) {
  return H::Internal::make_const(like.type(), value);
}

/// Half away from zero, where Halide's round goes to even.
static Expr roundAway(Expr x) {
  Expr whole = H::trunc(x);
  Expr away = H::abs(x - whole) >= number(x, 0.5);
  Expr one = H::Internal::make_one(x.type());
  return H::select(away, whole + H::select(x < H::cast(x.type(), 0), -one, one),
                   whole);
}

static Expr copySign(Expr magnitude, Expr sign) {
  H::Type bits = magnitude.type().with_code(H::Type::UInt);
  Expr mask = H::Internal::make_const(bits, uint64_t(1)) << (bits.bits() - 1);
  Expr result = (H::reinterpret(bits, magnitude) & ~mask) |
                (H::reinterpret(bits, sign) & mask);
  return H::reinterpret(magnitude.type(), result);
}

static Expr translateUnary(Operation *op, Expr x) {
  Expr one = H::Internal::make_one(x.type());
  return llvm::TypeSwitch<Operation *, Expr>(op)
      .Case<math::ExpOp>([&](auto exp) {
        // Where no result is infinite: of the difference to a maximum, say.
        return expOf(x, !bitEnumContainsAll(exp.getFastmath(),
                                            arith::FastMathFlags::ninf));
      })
      .Case<math::Exp2Op>(
          [&](auto) { return expOf(x * number(x, 0.69314718055994530942)); })
      .Case<math::ExpM1Op>([&](auto) { return expm1Of(x); })
      .Case<math::LogOp>([&](auto) { return logOf(x); })
      .Case<math::Log2Op>(
          [&](auto) { return logOf(x) * number(x, 1.44269504088896340736); })
      .Case<math::Log10Op>(
          [&](auto) { return logOf(x) * number(x, 0.43429448190325182765); })
      .Case<math::Log1pOp>([&](auto) { return log1pOf(x); })
      .Case<math::SqrtOp>([&](auto) { return sqrtOf(x); })
      .Case<math::RsqrtOp>([&](auto) { return one / sqrtOf(x); })
      .Case<math::TanhOp>([&](auto) { return tanhOf(x); })
      .Case<math::ErfOp>([&](auto) { return erfOf(x); })
      .Case<math::AbsFOp>([&](auto) { return H::abs(x); })
      .Case<math::AbsIOp>(
          [&](auto) { return H::reinterpret(x.type(), H::abs(x)); })
      .Case<math::CeilOp>(
          [&](auto) { return wide([](Expr e) { return H::ceil(e); }, x); })
      .Case<math::FloorOp>(
          [&](auto) { return wide([](Expr e) { return H::floor(e); }, x); })
      .Case<math::RoundEvenOp>([&](auto) {
        return isRoundedByAddition(op)
                   ? roundedSmall(x)
                   : wide([](Expr e) { return H::round(e); }, x);
      })
      .Case<math::RoundOp>([&](auto) { return wide(roundAway, x); })
      .Case<math::TruncOp>([&](auto) { return truncOf(x); })
      .Case<math::SinOp>([&](auto) { return sinOf(x); })
      .Case<math::CosOp>([&](auto) { return cosOf(x); })
      .Case<math::TanOp>([&](auto) { return libm("tan", x); })
      .Case<math::AsinOp>([&](auto) { return libm("asin", x); })
      .Case<math::AcosOp>([&](auto) { return libm("acos", x); })
      .Case<math::AtanOp>([&](auto) { return libm("atan", x); })
      .Case<math::SinhOp>([&](auto) { return libm("sinh", x); })
      .Case<math::CoshOp>([&](auto) { return libm("cosh", x); })
      .Case<math::AsinhOp>([&](auto) { return libm("asinh", x); })
      .Case<math::AcoshOp>([&](auto) { return libm("acosh", x); })
      .Case<math::AtanhOp>([&](auto) { return libm("atanh", x); })
      .Case<math::CbrtOp>([&](auto) { return libm("cbrt", x); })
      .Default(Expr());
}

Value matchSigmoid(Operation *op) {
  auto isOne = [](Value value) {
    FloatAttr number;
    return matchPattern(value, m_Constant(&number)) &&
           number.getValue().isExactlyValue(1);
  };
  auto quotient = dyn_cast<arith::DivFOp>(op);
  if (!quotient || !isOne(quotient.getLhs()))
    return nullptr;
  auto sum = quotient.getRhs().getDefiningOp<arith::AddFOp>();
  if (!sum || isOne(sum.getLhs()) == isOne(sum.getRhs()))
    return nullptr;
  auto power = (isOne(sum.getLhs()) ? sum.getRhs() : sum.getLhs())
                   .getDefiningOp<math::ExpOp>();
  auto negation =
      power ? power.getOperand().getDefiningOp<arith::NegFOp>() : nullptr;
  return negation ? negation.getOperand() : nullptr;
}

Expr translateMathOp(Operation *op, ArrayRef<Expr> operands) {
  if (operands.size() == 1)
    return translateUnary(op, operands[0]);
  if (isa<math::FmaOp>(op))
    return operands[0] * operands[1] + operands[2];
  if (isa<math::PowFOp>(op))
    return powOf(operands[0], operands[1]);
  if (isa<math::FPowIOp>(op))
    return powOf(operands[0], H::cast(operands[0].type(), operands[1]));
  if (isa<arith::RemFOp>(op)) // exact, which no quotient can make it
    return libm("fmod", operands);
  if (isa<math::Atan2Op>(op))
    return libm("atan2", operands);
  if (isa<math::CopySignOp>(op))
    return copySign(operands[0], operands[1]);
  return Expr();
}

} // namespace convopt
