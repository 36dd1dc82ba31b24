// Halide divides by a constant by multiplying by its reciprocal, which is
// rounded, and LLVM has leave to do so with an estimate of any reciprocal: 41
// by 41 is a little less than 1 then. On the way to other numbers that is as
// good as any error in the last bit, and faster. But where an integer is made
// of the quotient, its floor would be 0. There, and where it is a result, of
// which others may make integers, a quotient is IEEE 754's.
//
// Not so where numbers are quantised, the only ones that are bounded by maxnum
// and minnum. Nobody divides there to meet an integer, a product with the
// reciprocal is off the exact quotient's quantum as seldom as the rounded
// quotient is (once in a million pixels), and divisions made networks of bytes
// slower by 12 % to 35 %. Nor is it so where a row is divided by one number, as
// softmax does it: that takes one division.

#include "Quotients.h"
#include "HalideMath.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace convopt {

/// Whether `op` makes an integer of its operand.
static bool makesInteger(Operation *op) {
  return isa<arith::FPToSIOp, arith::FPToUIOp, math::CeilOp, math::FloorOp,
             math::RoundEvenOp, math::RoundOp, math::TruncOp>(op);
}

/// Whether one computed number divides many.
static bool dividesRows(arith::DivFOp op) {
  auto divisor = dyn_cast<BlockArgument>(op.getRhs());
  auto linalg = dyn_cast<linalg::LinalgOp>(op->getParentOp());
  if (!divisor || !linalg || divisor.getOwner() != linalg.getBlock())
    return false;
  OpOperand *operand = linalg.getMatchingOpOperand(divisor);
  return linalg.getMatchingIndexingMap(operand).getNumResults() <
             linalg.getNumLoops() &&
         !matchPattern(operand->get(), m_Constant());
}

/// Whether a result of `op` is as exact as its operand, or nearly: what is an
/// integer, or the middle of two, may be one still.
static bool keepsLastBit(Operation *op) {
  return isa<arith::AddFOp, arith::SubFOp, arith::NegFOp, arith::MaximumFOp,
             arith::MinimumFOp, arith::SelectOp, math::AbsFOp>(op);
}

static bool mayBecomeInteger(arith::DivFOp op) {
  const bool isResult = !dividesRows(op);
  SetVector<Operation *> followers;
  followers.insert(op);
  for (unsigned i = 0; i < followers.size(); ++i)
    for (Operation *user : followers[i]->getUsers()) {
      if (makesInteger(user) || (isResult && isa<linalg::YieldOp>(user)))
        return true;
      if (keepsLastBit(user))
        followers.insert(user);
    }
  return false;
}

Halide::Expr quotientOf(arith::DivFOp op, Halide::Expr a, Halide::Expr b) {
  return mayBecomeInteger(op) ? strictDiv(a, b) : a / b;
}

} // namespace convopt
