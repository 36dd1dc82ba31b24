// NaN passes through a network's maxima and minima. Code says so by strict
// comparisons (HalideMath.cpp), which on x86 are one instruction with a
// constant: maxps returns its second operand where one is NaN. On aarch64 they
// would be two, a comparison and a selection, but fmax and fmin return NaN
// where either operand is, and fmaxnm and fminnm the other one. What is
// recognised is what maximum(), maxNumber() and those for the smaller make; of
// two zeros the instructions take the sign into account, which the selection
// does not. Halide has no name for fmaxnm, but calls what it does not know once
// for each lane, and LLVM makes one instruction of four of its own intrinsic.

#include "OneInstruction.h"
#include "HalideMath.h"

using namespace Halide;
using namespace Halide::Internal;

namespace convopt {

/// The larger or the smaller of `op`'s two values, if `condition` is the
/// comparison that selects it: as a call of Halide's that is NaN if either is
/// or, of LLVM's, a number if one is.
static Expr callOf(const Expr &condition, const Select &op, bool keepsNaN) {
  const Call *less = Call::as_intrinsic(condition, {Call::strict_lt});
  if (!less)
    return Expr();
  const Expr &a = op.true_value, &b = op.false_value;
  const bool isSmaller = equal(less->args[0], a) && equal(less->args[1], b);
  if (!isSmaller && !(equal(less->args[0], b) && equal(less->args[1], a)))
    return Expr();
  if (keepsNaN)
    return Call::make(op.type, isSmaller ? Call::strict_min : Call::strict_max,
                      {a, b}, Call::PureIntrinsic);
  return Call::make(op.type, isSmaller ? "llvm.minnum.f32" : "llvm.maxnum.f32",
                    {a, b}, Call::PureExtern);
}

/// What `op` is in one instruction, or undefined. A comparison is false if one
/// of the two is NaN, so that the second is selected, unless the condition asks
/// for NaN, too.
static Expr instructionOf(const Select &op) {
  if (isNumber(op.true_value))
    return callOf(op.condition, op, true);
  if (isNumber(op.false_value))
    return callOf(op.condition, op, false);
  const auto *either = op.condition.as<Or>();
  const Call *asked = either ? either->a.as<Call>() : nullptr;
  if (!asked || asked->name != "is_nan_f32")
    return Expr();
  if (equal(asked->args[0], op.true_value))
    return callOf(either->b, op, true);
  if (equal(asked->args[0], op.false_value))
    return callOf(either->b, op, false);
  return Expr();
}

bool isOneInstruction(const Type &type, const MachineDescription &machine) {
  return type == Float(32) && !machine.isX86();
}

Expr OneInstruction::visit(const Select *op) {
  if (op->type.element_of() == Float(32) && op->type.is_vector())
    if (Expr call = instructionOf(*op); call.defined())
      return IRMutator::mutate(call);
  return IRMutator::visit(op);
}

} // namespace convopt
