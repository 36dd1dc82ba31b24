// Halide compiles floating point as if it could be reassociated and were never
// NaN, which sums and products want. Here are the exceptions: operations that
// must be what IEEE 754 says are its strict intrinsics.

#include "HalideMath.h"
#include "SharedExprs.h"

using namespace Halide;
using Halide::Internal::Call;

namespace convopt {

static Expr strictCall(Call::IntrinsicOp op, Type type, Expr a, Expr b) {
  return Call::make(type, op, {std::move(a), std::move(b)},
                    Call::PureIntrinsic);
}

Expr strictMul(Expr a, Expr b) {
  return strictCall(Call::strict_mul, a.type(), a, b);
}

Expr strictAdd(Expr a, Expr b) {
  return strictCall(Call::strict_add, a.type(), a, b);
}

Expr strictSub(Expr a, Expr b) {
  return strictCall(Call::strict_sub, a.type(), a, b);
}

Expr strictDiv(Expr a, Expr b) {
  return strictCall(Call::strict_div, a.type(), a, b);
}

Expr strictLess(Expr a, Expr b) {
  return strictCall(Call::strict_lt, Bool(), a, b);
}

Expr strictEqual(Expr a, Expr b) {
  return strictCall(Call::strict_eq, Bool(), a, b);
}

namespace {
class RelaxComparisons : public Internal::IRGraphMutator {
  using Internal::IRGraphMutator::visit;
  Expr visit(const Call *op) override {
    if (op->is_intrinsic(Call::strict_lt))
      return mutate(op->args[0]) < mutate(op->args[1]);
    if (op->is_intrinsic(Call::strict_eq))
      return mutate(op->args[0]) == mutate(op->args[1]);
    if (op->name.rfind("is_nan_f", 0) == 0)
      return Internal::const_false();
    return IRGraphMutator::visit(op);
  }
};
} // namespace

Expr withoutStrictComparisons(const Expr &e) {
  return RelaxComparisons().mutate(e);
}

namespace {
class TrustNumbers : public Internal::IRGraphMutator {
public:
  explicit TrustNumbers(const std::string &func) : func(func) {}

private:
  using Internal::IRGraphMutator::visit;
  Expr visit(const Call *op) override {
    if (op->name.rfind("is_nan_f", 0) == 0)
      if (auto *read = op->args[0].as<Call>(); read && read->name == func)
        return Internal::const_false();
    return IRGraphMutator::visit(op);
  }
  const std::string &func;
};
} // namespace

Expr assumingNumbers(const Expr &e, const std::string &func) {
  return simplifyShared(TrustNumbers(func).mutate(e));
}

bool isNumber(const Expr &e) {
  return !dependsOnData(e) && Internal::is_const(Internal::simplify(e)) &&
         !Internal::can_prove(is_nan(e));
}

/// `a` if better(a, b) or `a` is NaN, else `b`, so NaN passes. Where one of
/// them is a constant a single comparison does: maxps(constant, x) on x86.
static Expr choose(Expr a, Expr b, bool larger) {
  auto better = [&](const Expr &x, const Expr &y) {
    return larger ? strictLess(y, x) : strictLess(x, y);
  };
  if (isNumber(b))
    std::swap(a, b);
  Expr chosen = select(better(a, b), a, b);
  return isNumber(a) ? chosen : select(isNaN(a), a, chosen);
}

Expr maximum(Expr a, Expr b) { return choose(a, b, true); }
Expr minimum(Expr a, Expr b) { return choose(a, b, false); }

// With a constant, one comparison does again: maxps(x, constant).
Expr maxNumber(Expr a, Expr b) {
  if (isNumber(a))
    std::swap(a, b);
  if (isNumber(b))
    return select(strictLess(b, a), a, b);
  return select(isNaN(a), b, select(strictLess(a, b), b, a));
}

Expr minNumber(Expr a, Expr b) {
  if (isNumber(a))
    std::swap(a, b);
  if (isNumber(b))
    return select(strictLess(a, b), a, b);
  return select(isNaN(a), b, select(strictLess(b, a), b, a));
}

} // namespace convopt
