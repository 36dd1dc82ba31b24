// Halide computes with halves on x86 in single precision and rounds each result
// to a half. Of two halves that gives the sum, the difference and the product
// that half precision has, so LLVM makes such operations of it where the core
// it is told of has them (AVX512-FP16), if it sees both operands extended. An
// element for all lanes Halide extends first and spreads then, behind which
// LLVM does not look. As a shuffle of that element it is spread first.

#include "HalfProducts.h"

using namespace Halide;
using namespace Halide::Internal;

namespace convopt {

static Expr spreadAsHalf(const Expr &factor) {
  const auto *broadcast = factor.as<Broadcast>();
  if (!broadcast || !broadcast->value.type().is_scalar())
    return factor;
  return Shuffle::make({broadcast->value},
                       std::vector<int>(factor.type().lanes(), 0));
}

Expr HalfProducts::visit(const Mul *op) {
  if (op->type.element_of() != Float(16))
    return IRMutator::visit(op);
  return Mul::make(spreadAsHalf(mutate(op->a)), spreadAsHalf(mutate(op->b)));
}

} // namespace convopt
