// Two languages with other rules for the same bits. MLIR's integers have no
// sign, operations have; Halide's types have one, so an unsigned operation is
// computed on the unsigned type of the same bits. Halide leaves open what
// becomes of signed numbers of 32 bits and more that overflow, and simplifies
// by it; ONNX's wrap around. So data is added and multiplied as unsigned, while
// indices, which do not overflow, stay signed and are simplified. In i1 true is
// -1 where a sign is asked for. Comparisons of floating point are strict: all
// else is compiled as if there were no NaN.

#include "HalideMath.h"
#include "Quotients.h"
#include "ScalarOps.h"
#include "SharedExprs.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using Halide::Expr;
namespace H = Halide;

namespace convopt {

H::Type computeType(Type type) {
  if (type.isIndex())
    return H::Int(32);
  if (type.isBF16())
    return H::BFloat(16);
  if (isa<FloatType>(type))
    return H::Float(type.getIntOrFloatBitWidth());
  if (type.isInteger(1))
    return H::Bool();
  return H::Int(type.getIntOrFloatBitWidth());
}

H::Type storageType(Type type) {
  H::Type computed = computeType(type);
  return computed.is_bool() ? H::UInt(8) : computed;
}

Expr toStorage(Expr value) {
  return value.type().is_bool() ? H::cast(H::UInt(8), value) : value;
}

Expr fromStorage(Expr stored, Type type) {
  return type.isInteger(1) ? stored != H::cast(stored.type(), 0) : stored;
}

Expr constantExpr(TypedAttr attr) {
  H::Type type = computeType(attr.getType());
  if (auto number = dyn_cast<FloatAttr>(attr))
    return H::Internal::make_const(type, number.getValueAsDouble());
  int64_t value = cast<IntegerAttr>(attr).getValue().getSExtValue();
  if (type.is_bool())
    return H::Internal::make_bool(value != 0);
  if (attr.getType().isIndex()) // Indices beyond any tensor stay beyond.
    value = std::clamp<int64_t>(value, INT32_MIN, INT32_MAX);
  return H::Internal::make_const(type, value);
}

/// The integer of `to` next to a floating-point number towards zero. Converted
/// by its magnitude: where the result is used as unsigned (see wrapping),
/// Halide would drop the signed type in between, and a negative number has no
/// unsigned one.
static Expr toSigned(H::Type to, Expr a) {
  Expr magnitude = H::cast(to, H::abs(a));
  return to.is_uint()
             ? H::cast(to, a)
             : H::select(a < H::cast(a.type(), 0), -magnitude, magnitude);
}

static Expr asUnsigned(Expr e) {
  return e.type().is_bool()
             ? e
             : H::reinterpret(e.type().with_code(H::Type::UInt), e);
}

/// f(a, b) on the unsigned integers with the same bits.
template <typename F> static Expr unsignedOp(F f, Expr a, Expr b) {
  return H::reinterpret(a.type(), f(asUnsigned(a), asUnsigned(b)));
}

/// Data wraps around; indices do not, and Halide may know so.
template <typename F> static Expr wrapping(F f, Operation *op, Expr a, Expr b) {
  if (op->getResult(0).getType().isIndex() || a.type().bits() < 32)
    return f(a, b);
  return unsignedOp(f, a, b);
}

/// Arithmetic on i1, where Halide has only logic: addition is exclusive or.
static Expr translateBool(Operation *op, Expr a, Expr b) {
  return llvm::TypeSwitch<Operation *, Expr>(op)
      .Case<arith::AddIOp, arith::SubIOp, arith::XOrIOp>(
          [&](auto) { return a != b; })
      // As signed numbers true is -1.
      .Case<arith::AndIOp, arith::MulIOp, arith::MinUIOp, arith::MaxSIOp>(
          [&](auto) { return a && b; })
      .Case<arith::OrIOp, arith::MaxUIOp, arith::MinSIOp>(
          [&](auto) { return a || b; })
      .Case<arith::DivSIOp, arith::DivUIOp, arith::FloorDivSIOp,
            arith::CeilDivSIOp, arith::CeilDivUIOp, arith::ShLIOp,
            arith::ShRSIOp, arith::ShRUIOp>([&](auto) { return a; })
      .Case<arith::RemSIOp, arith::RemUIOp>(
          [&](auto) { return H::Internal::const_false(); })
      .Default(Expr());
}

static Expr floorDiv(Expr a, Expr b) {
  if (H::Internal::is_positive_const(b))
    return a / b; // Halide rounds down then.
  Expr q = H::div_round_to_zero(a, b), r = H::mod_round_to_zero(a, b);
  return q - H::cast(a.type(), r != 0 && (r < 0) != (b < 0));
}

static Expr translateInteger(Operation *op, Expr a, Expr b) {
  if (a.type().is_bool())
    return translateBool(op, a, b);
  auto add = [](Expr x, Expr y) { return x + y; };
  auto sub = [](Expr x, Expr y) { return x - y; };
  auto mul = [](Expr x, Expr y) { return x * y; };
  return llvm::TypeSwitch<Operation *, Expr>(op)
      .Case<arith::AddIOp>([&](auto) { return wrapping(add, op, a, b); })
      .Case<arith::SubIOp>([&](auto) { return wrapping(sub, op, a, b); })
      .Case<arith::MulIOp>([&](auto) { return wrapping(mul, op, a, b); })
      .Case<arith::DivSIOp>([&](auto) { return H::div_round_to_zero(a, b); })
      .Case<arith::RemSIOp>([&](auto) { return H::mod_round_to_zero(a, b); })
      .Case<arith::FloorDivSIOp>([&](auto) { return floorDiv(a, b); })
      .Case<arith::CeilDivSIOp>([&](auto) { return -floorDiv(-a, b); })
      .Case<arith::DivUIOp>([&](auto) {
        return unsignedOp([](Expr x, Expr y) { return x / y; }, a, b);
      })
      .Case<arith::RemUIOp>([&](auto) {
        return unsignedOp([](Expr x, Expr y) { return x % y; }, a, b);
      })
      .Case<arith::CeilDivUIOp>([&](auto) {
        auto ceil = [](Expr x, Expr y) {
          return x / y + H::cast(x.type(), x % y != 0);
        };
        return unsignedOp(ceil, a, b);
      })
      .Case<arith::AndIOp>([&](auto) { return a & b; })
      .Case<arith::OrIOp>([&](auto) { return a | b; })
      .Case<arith::XOrIOp>([&](auto) { return a ^ b; })
      .Case<arith::ShLIOp>([&](auto) {
        return unsignedOp([](Expr x, Expr y) { return x << y; }, a, b);
      })
      .Case<arith::ShRSIOp>([&](auto) { return a >> asUnsigned(b); })
      .Case<arith::ShRUIOp>([&](auto) {
        return unsignedOp([](Expr x, Expr y) { return x >> y; }, a, b);
      })
      .Case<arith::MaxSIOp>([&](auto) { return H::max(a, b); })
      .Case<arith::MinSIOp>([&](auto) { return H::min(a, b); })
      .Case<arith::MaxUIOp>([&](auto) {
        return unsignedOp([](Expr x, Expr y) { return H::max(x, y); }, a, b);
      })
      .Case<arith::MinUIOp>([&](auto) {
        return unsignedOp([](Expr x, Expr y) { return H::min(x, y); }, a, b);
      })
      .Default(Expr());
}

/// Whoever made `op` does not mind what becomes of a NaN.
template <typename Op> static bool mayIgnoreNaN(Op op) {
  return bitEnumContainsAll(op.getFastmath(), arith::FastMathFlags::nnan);
}

static Expr translateFloat(Operation *op, Expr a, Expr b) {
  return llvm::TypeSwitch<Operation *, Expr>(op)
      .Case<arith::AddFOp>([&](auto) { return a + b; })
      .Case<arith::SubFOp>([&](auto) { return a - b; })
      .Case<arith::MulFOp>([&](auto) { return a * b; })
      .Case<arith::DivFOp>([&](auto div) { return quotientOf(div, a, b); })
      .Case<arith::MaximumFOp>([&](auto larger) {
        return mayIgnoreNaN(larger) ? H::max(a, b) : maximum(a, b);
      })
      .Case<arith::MinimumFOp>([&](auto smaller) {
        return mayIgnoreNaN(smaller) ? H::min(a, b) : minimum(a, b);
      })
      .Case<arith::MaxNumFOp>([&](auto) { return maxNumber(a, b); })
      .Case<arith::MinNumFOp>([&](auto) { return minNumber(a, b); })
      .Default(Expr());
}

static Expr translateCmpF(arith::CmpFPredicate predicate, Expr a, Expr b) {
  using P = arith::CmpFPredicate;
  auto unordered = [&] { return isNaN(a) || isNaN(b); };
  switch (predicate) {
  case P::AlwaysFalse:
    return H::Internal::const_false();
  case P::AlwaysTrue:
    return H::Internal::const_true();
  case P::OEQ:
    return strictEqual(a, b);
  case P::OGT:
    return strictLess(b, a);
  case P::OLT:
    return strictLess(a, b);
  case P::OGE:
    return strictLess(b, a) || strictEqual(a, b);
  case P::OLE:
    return strictLess(a, b) || strictEqual(a, b);
  case P::ONE:
    return strictLess(a, b) || strictLess(b, a);
  case P::ORD:
    return !unordered();
  case P::UEQ:
    return !(strictLess(a, b) || strictLess(b, a));
  case P::UGT:
    return !(strictLess(a, b) || strictEqual(a, b));
  case P::ULT:
    return !(strictLess(b, a) || strictEqual(a, b));
  case P::UGE:
    return !strictLess(a, b);
  case P::ULE:
    return !strictLess(b, a);
  case P::UNE:
    return !strictEqual(a, b);
  case P::UNO:
    return unordered();
  }
  llvm_unreachable("unknown predicate");
}

static Expr translateCmpI(arith::CmpIPredicate predicate, Expr a, Expr b) {
  using P = arith::CmpIPredicate;
  if (a.type().is_bool()) { // As signed numbers true is -1.
    a = H::cast(H::Int(8), a) * H::cast(H::Int(8), -1);
    b = H::cast(H::Int(8), b) * H::cast(H::Int(8), -1);
  }
  switch (predicate) {
  case P::eq:
    return a == b;
  case P::ne:
    return a != b;
  case P::slt:
    return a < b;
  case P::sle:
    return a <= b;
  case P::sgt:
    return a > b;
  case P::sge:
    return a >= b;
  case P::ult:
    return asUnsigned(a) < asUnsigned(b);
  case P::ule:
    return asUnsigned(a) <= asUnsigned(b);
  case P::ugt:
    return asUnsigned(a) > asUnsigned(b);
  case P::uge:
    return asUnsigned(a) >= asUnsigned(b);
  }
  llvm_unreachable("unknown predicate");
}

/// `a` as a signed number: i1 is 0 or -1.
static Expr signedCast(H::Type to, Expr a) {
  if (!a.type().is_bool())
    return H::cast(to, a);
  return H::select(a, H::cast(to, -1), H::cast(to, 0));
}

static Expr translateCast(Operation *op, Expr a) {
  if (Expr integer = roundedInteger(op, a); integer.defined())
    return integer;
  H::Type to = computeType(op->getResult(0).getType());
  auto toBool = [&] {
    return (a & H::cast(a.type(), 1)) != H::cast(a.type(), 0);
  };
  return llvm::TypeSwitch<Operation *, Expr>(op)
      .Case<arith::ExtFOp, arith::TruncFOp>(
          [&](auto) { return H::cast(to, a); })
      .Case<arith::FPToSIOp>([&](auto) {
        return to.is_bool() ? a != H::cast(a.type(), 0) : toSigned(to, a);
      })
      .Case<arith::SIToFPOp, arith::ExtSIOp>(
          [&](auto) { return signedCast(to, a); })
      .Case<arith::TruncIOp, arith::IndexCastOp>(
          [&](auto) { return to.is_bool() ? toBool() : signedCast(to, a); })
      .Case<arith::UIToFPOp>([&](auto) { return H::cast(to, asUnsigned(a)); })
      .Case<arith::ExtUIOp, arith::IndexCastUIOp>([&](auto) {
        return to.is_bool() ? toBool() : H::cast(to, asUnsigned(a));
      })
      .Case<arith::FPToUIOp>([&](auto) {
        if (to.is_bool())
          return a != H::cast(a.type(), 0);
        return H::reinterpret(to, H::cast(to.with_code(H::Type::UInt), a));
      })
      .Case<arith::BitcastOp>([&](auto) { return H::reinterpret(to, a); })
      .Default(Expr());
}

Expr translateScalarOp(Operation *op, ArrayRef<Expr> operands) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return constantExpr(constant.getValue());
  if (auto cmp = dyn_cast<arith::CmpFOp>(op))
    return translateCmpF(cmp.getPredicate(), operands[0], operands[1]);
  if (auto cmp = dyn_cast<arith::CmpIOp>(op))
    return translateCmpI(cmp.getPredicate(), operands[0], operands[1]);
  if (isa<arith::SelectOp>(op))
    return H::select(operands[0], operands[1], operands[2]);
  if (isa<arith::NegFOp>(op))
    return -operands[0];
  Expr result;
  if (operands.size() == 1)
    result = translateCast(op, operands[0]);
  else if (operands.size() == 2)
    result = operands[0].type().is_float()
                 ? translateFloat(op, operands[0], operands[1])
                 : translateInteger(op, operands[0], operands[1]);
  return result.defined() ? result : translateMathOp(op, operands);
}

} // namespace convopt
