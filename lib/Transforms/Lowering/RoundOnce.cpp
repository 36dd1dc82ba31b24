// Few machines convert f64 to f16, and the helper function for it is
// compiler-rt's, which an object may not need. By way of f32 the number would
// be rounded twice: 1 + 2^-11 + 2^-40 lies just above the middle between two
// neighbours in f16, becomes that middle in f32, and then goes to the even
// neighbour below. Rounded to odd first, it keeps a last bit that says on which
// side of the middle it was, and the second rounding is as good as the only
// one. Integers go the same way by f64.

#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_ROUNDONCE
#include "convopt/Transforms/Passes.h.inc"

namespace {
/// Builds scalar arithmetic in the place of one conversion.
struct Rounding {
  OpBuilder builder;
  Location loc;

  Value constant(uint64_t bits, unsigned width = 64) {
    return builder.create<arith::ConstantOp>(
        loc, builder.getIntegerAttr(builder.getIntegerType(width),
                                    static_cast<int64_t>(bits)));
  }
  /// `bits` without the lowest `count`; if any of those was set, the lowest of
  /// the others is. Rounded so ("to odd"), a number with two bits more than a
  /// type has rounds to that type as if it had been rounded at once (Boldo and
  /// Melquiond, "When double rounding is odd").
  Value toOdd(Value bits, unsigned count) {
    const uint64_t unit = uint64_t(1) << count;
    Value lost = builder.create<arith::AndIOp>(loc, bits, constant(unit - 1));
    Value isInexact = builder.create<arith::CmpIOp>(
        loc, arith::CmpIPredicate::ne, lost, constant(0));
    Value odd = builder.create<arith::SelectOp>(loc, isInexact, constant(unit),
                                                constant(0));
    Value kept =
        builder.create<arith::AndIOp>(loc, bits, constant(~(unit - 1)));
    return builder.create<arith::OrIOp>(loc, kept, odd);
  }
  Value toSingle(Value number);
  Value toDouble(Value integer, bool isSigned);
};
} // namespace

/// f64 to f32, for a type of 16 bits. Of the 52 bits of the fraction 12 stay:
/// as many as f16 needs, and few enough that f32 holds the subnormal numbers of
/// bf16. A last bit that says the same again, where the number is finite, keeps
/// LLVM from taking the two conversions for one.
Value Rounding::toSingle(Value number) {
  Type i32 = builder.getI32Type(), f32 = builder.getF32Type();
  Value bits =
      builder.create<arith::BitcastOp>(loc, builder.getI64Type(), number);
  Value odd = toOdd(bits, 40);
  Value rounded = builder.create<arith::BitcastOp>(loc, number.getType(), odd);
  Value single = builder.create<arith::BitcastOp>(
      loc, i32, builder.create<arith::TruncFOp>(loc, f32, rounded));
  Value exponent = constant(0x7f800000, 32), zero = constant(0, 32);
  Value isFinite = builder.create<arith::CmpIOp>(
      loc, arith::CmpIPredicate::ne,
      builder.create<arith::AndIOp>(loc, single, exponent), exponent);
  Value isExact =
      builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, bits, odd);
  Value last =
      builder.create<arith::SelectOp>(loc, isExact, zero, constant(1, 32));
  last = builder.create<arith::SelectOp>(loc, isFinite, last, zero);
  return builder.create<arith::BitcastOp>(
      loc, f32, builder.create<arith::OrIOp>(loc, single, last));
}

/// i32 or i64 to f64, rounded to odd where it is not exact: beyond 53 bits.
Value Rounding::toDouble(Value integer, bool isSigned) {
  Type f64 = builder.getF64Type();
  auto convert = [&](Value value) -> Value {
    if (isSigned)
      return builder.create<arith::SIToFPOp>(loc, f64, value);
    return builder.create<arith::UIToFPOp>(loc, f64, value);
  };
  if (!integer.getType().isInteger(64))
    return convert(integer);
  const uint64_t exact = uint64_t(1) << 53;
  Value moved = integer, most = constant(exact);
  if (isSigned) { // -exact to exact
    moved = builder.create<arith::AddIOp>(loc, integer, constant(exact));
    most = constant(2 * exact);
  }
  Value isExact = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ule,
                                                moved, most);
  return convert(builder.create<arith::SelectOp>(loc, isExact, integer,
                                                 toOdd(integer, 11)));
}

void roundOnce(Operation *root) {
  SmallVector<Operation *> conversions;
  root->walk([&](Operation *op) {
    if (!isa<arith::TruncFOp, arith::SIToFPOp, arith::UIToFPOp>(op))
      return;
    Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
    if ((to.isF16() || to.isBF16()) &&
        (from.isF64() || from.isInteger(32) || from.isInteger(64)))
      conversions.push_back(op);
  });
  for (Operation *op : conversions) {
    Rounding rounding{OpBuilder(op), op->getLoc()};
    Value number = op->getOperand(0);
    if (!isa<arith::TruncFOp>(op))
      number = rounding.toDouble(number, isa<arith::SIToFPOp>(op));
    Value narrow = rounding.builder.create<arith::TruncFOp>(
        op->getLoc(), op->getResult(0).getType(), rounding.toSingle(number));
    op->replaceAllUsesWith(ValueRange(narrow));
    op->erase();
  }
}

namespace {
struct RoundOnce : impl::RoundOnceBase<RoundOnce> {
  void runOnOperation() override { roundOnce(getOperation()); }
};
} // namespace
} // namespace convopt
