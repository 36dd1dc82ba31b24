// A sum is computed in registers where all that follows it in the kernel is
// pointwise: it then needs no memory of its own, and is stored as the result.
// These questions, which reshapes must not disturb, decide that.

#include "ResultUses.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

Value withoutReshapes(Value value) {
  while (value.getDefiningOp<tensor::ExpandShapeOp>() ||
         value.getDefiningOp<tensor::CollapseShapeOp>())
    value = value.getDefiningOp()->getOperand(0);
  return value;
}

bool isPointwise(linalg::LinalgOp op) {
  return op && op.getNumParallelLoops() == op.getNumLoops();
}

Value followToResult(Value value) {
  while (value.hasOneUse()) {
    OpOperand &use = *value.use_begin();
    Operation *user = use.getOwner();
    if (isa<YieldOp>(user))
      return value;
    if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(user)) {
      Value result = withoutReshapes(value);
      while (value.hasOneUse() && !isa<YieldOp>(*value.user_begin())) {
        user = *value.user_begin();
        if (!isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(user))
          return nullptr;
        value = user->getResult(0);
      }
      return value.hasOneUse() ? result : nullptr;
    }
    auto op = dyn_cast<linalg::LinalgOp>(user);
    if (!isPointwise(op) || op.getNumDpsInits() != 1 || op.isDpsInit(&use) ||
        op.getMatchingIndexingMap(&use) !=
            op.getMatchingIndexingMap(op.getDpsInitOperand(0)))
      return nullptr;
    value = user->getResult(0);
  }
  return nullptr;
}

bool isYielded(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    return isa<YieldOp>(user) ||
           (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(user) &&
            isYielded(user->getResult(0)));
  });
}

} // namespace convopt
