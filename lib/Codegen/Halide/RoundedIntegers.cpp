// Numbers are brought back to bytes by rounding to the nearest integer, of two
// the even one, and converting that. Halide rounds half vectors, and converts
// by magnitude and sign. But where the number is known to be small, one
// addition does both: in floats from 2^23 to 2^24 neighbours are one apart, so
// 1.5 * 2^23 + x is rounded as it has to be, and has the integer in its lower
// bits (as in Hacker's Delight, 17-2, H. Warren). Taken off again, that leaves
// the integer as a number.

#include "RoundedIntegers.h"
#include "HalideMath.h"
#include "ScalarOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using Halide::Expr;
namespace H = Halide;

namespace convopt {

/// Up to which 1.5 * 2^23 + x lies between 2^23 and 2^24.
static constexpr double most = 1 << 22;

/// The operand of `op` that is no constant, if the other one is and small.
template <typename Op> static Value boundedBySmall(Value value) {
  auto op = value.getDefiningOp<Op>();
  if (!op)
    return nullptr;
  for (auto [bound, other] : {std::pair(op.getLhs(), op.getRhs()),
                              std::pair(op.getRhs(), op.getLhs())}) {
    FloatAttr number;
    if (matchPattern(bound, m_Constant(&number)) &&
        std::abs(number.getValueAsDouble()) <= most)
      return other;
  }
  return nullptr;
}

/// Whether `value` is bounded above and below by small numbers; NaN is neither.
static bool isSmall(Value value) {
  if (Value below = boundedBySmall<arith::MinNumFOp>(value))
    return boundedBySmall<arith::MaxNumFOp>(below) != nullptr;
  if (Value above = boundedBySmall<arith::MaxNumFOp>(value))
    return boundedBySmall<arith::MinNumFOp>(above) != nullptr;
  return false;
}

Expr roundedInteger(Operation *op, const Expr &rounded) {
  auto conversion = dyn_cast<arith::FPToSIOp>(op);
  auto round = conversion
                   ? conversion.getIn().getDefiningOp<math::RoundEvenOp>()
                   : nullptr;
  const auto *call = rounded.as<H::Internal::Call>();
  if (!round || !round.getType().isF32() ||
      !conversion.getType().isInteger(32) || !call ||
      !call->is_intrinsic(H::Internal::Call::round) ||
      !isSmall(round.getOperand()))
    return Expr();
  return H::reinterpret(H::Int(32), strictAdd(call->args[0], roundingAddend)) -
         roundingAddendBits;
}

/// Whether what `op` computes, or others make of it, is summed up.
static bool isSummedUp(Operation *op) {
  SetVector<Operation *> followers;
  followers.insert(op);
  for (unsigned i = 0; i < followers.size(); ++i) {
    auto generic = dyn_cast<linalg::LinalgOp>(followers[i]);
    if (generic && generic.getNumReductionLoops() != 0)
      return true;
    followers.insert(followers[i]->user_begin(), followers[i]->user_end());
  }
  return false;
}

static constexpr char byAddition[] = "convopt.by_addition";

void roundByAddition(KernelOp kernel, const MachineDescription &machine) {
  // Shorter vectors are rounded by one instruction of two steps.
  if (!machine.isX86() || machine.vectorBits < 512)
    return;
  kernel.walk([](math::RoundEvenOp round) {
    // In sums LLVM, which may reassociate them, adds up the large numbers, too.
    if (round.getType().isF32() && isSmall(round.getOperand()) &&
        !isSummedUp(round->getParentOp()) &&
        llvm::none_of(round->getUsers(), llvm::IsaPred<arith::FPToSIOp>))
      round->setAttr(byAddition, UnitAttr::get(round.getContext()));
  });
}

bool isRoundedByAddition(Operation *op) { return op->hasAttr(byAddition); }

} // namespace convopt
