#include "BranchOnce.h"

using namespace Halide;
using namespace Halide::Internal;

namespace convopt {

Expr BranchOnce::visit(const Call *op) {
  Expr branch = IRMutator::visit(op);
  op = branch.as<Call>();
  if (!op || !op->is_intrinsic(Call::if_then_else) || op->args.size() != 3 ||
      op->args[0].type().is_scalar() || op->args[0].as<Broadcast>())
    return branch;
  Expr all = VectorReduce::make(VectorReduce::And, op->args[0], 1);
  return Call::make(op->type, Call::if_then_else, {all, op->args[1], branch},
                    Call::PureIntrinsic);
}

} // namespace convopt
