// Where a machine has no instruction that rounds f32 to a half type, Halide
// rounds the bits as an integer: half of the last kept place is added, and the
// carry may run into the exponent. For a number that is right, up to infinity.
// A NaN whose payload lies in the bits that are cut off becomes infinity, and
// one of all ones runs over into the sign and becomes zero. So the bits are
// asked first, as an integer too: code for floats may be compiled as if there
// were no NaN.

#include "EmulatedCasts.h"
#include "BfloatOperands.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {

void keepNaNInCasts(KernelOp kernel, const MachineDescription &machine) {
  const bool hasBfloat = roundsOperandsToBfloat(kernel, machine);
  const bool hasHalf = machine.isX86() && machine.has("f16c");
  SmallVector<arith::TruncFOp> casts;
  kernel.walk([&](arith::TruncFOp op) {
    Type to = op.getType();
    if (op.getIn().getType().isF32() &&
        ((to.isBF16() && !hasBfloat) || (to.isF16() && !hasHalf)))
      casts.push_back(op);
  });
  for (arith::TruncFOp op : casts) {
    Location loc = op.getLoc();
    OpBuilder builder(op);
    builder.setInsertionPointAfter(op);
    auto constant = [&](int64_t value, unsigned width) -> Value {
      return builder.create<arith::ConstantIntOp>(loc, value, width);
    };
    // By bits: comparisons of floats may assume that there is no NaN.
    Value bits =
        builder.create<arith::BitcastOp>(loc, builder.getI32Type(), op.getIn());
    Value size =
        builder.create<arith::AndIOp>(loc, bits, constant(0x7fffffff, 32));
    Value isNaN = builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ugt,
                                                size, constant(0x7f800000, 32));
    Value rounded =
        builder.create<arith::BitcastOp>(loc, builder.getI16Type(), op);
    Value chosen = builder.create<arith::SelectOp>(
        loc, isNaN, constant(op.getType().isBF16() ? 0x7fc0 : 0x7e00, 16),
        rounded);
    Value result = builder.create<arith::BitcastOp>(loc, op.getType(), chosen);
    op.getResult().replaceAllUsesExcept(result, rounded.getDefiningOp());
  }
}

} // namespace convopt
