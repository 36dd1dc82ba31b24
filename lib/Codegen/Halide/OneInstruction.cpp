// NaN passes through a network's maxima and minima. Code says so by strict
// comparisons (HalideMath.cpp), which on x86 are one instruction with a
// constant: maxps returns its second operand where one is NaN. On aarch64 they
// would be two, a comparison and a selection, but fmax and fmin return NaN
// where either operand is. What is recognised is what maximum() and minimum()
// make; of two zeros the instructions take the sign into account, which the
// selection does not.

#include "OneInstruction.h"
#include "HalideMath.h"

using namespace Halide;
using namespace Halide::Internal;

namespace convopt {

static Expr strictCall(Call::IntrinsicOp op, const Expr &a, const Expr &b) {
  return Call::make(a.type(), op, {a, b}, Call::PureIntrinsic);
}

/// What `op` is where `op.true_value` is no NaN, or undefined.
static Expr chosenOf(const Select &op) {
  const Call *less = Call::as_intrinsic(op.condition, {Call::strict_lt});
  if (!less)
    return Expr();
  const Expr &a = op.true_value, &b = op.false_value;
  if (equal(less->args[0], a) && equal(less->args[1], b))
    return strictCall(Call::strict_min, a, b);
  if (equal(less->args[0], b) && equal(less->args[1], a))
    return strictCall(Call::strict_max, a, b);
  return Expr();
}

/// Whether `condition` asks if `value` is NaN.
static bool asksForNaN(const Expr &condition, const Expr &value) {
  const Call *call = condition.as<Call>();
  return call && call->name == "is_nan_f32" && equal(call->args[0], value);
}

Expr OneInstruction::visit(const Select *op) {
  const Type type = op->type;
  if (type.is_float() && type.bits() == 32 && type.is_vector()) {
    Expr chosen;
    if (isNumber(op->true_value)) {
      chosen = chosenOf(*op);
    } else if (asksForNaN(op->condition, op->true_value)) {
      const auto *inner = op->false_value.as<Select>();
      if (inner && equal(inner->true_value, op->true_value))
        chosen = chosenOf(*inner);
    }
    if (chosen.defined())
      return IRMutator::mutate(chosen);
  }
  return IRMutator::visit(op);
}

} // namespace convopt
