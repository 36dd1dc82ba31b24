// What the body of a reduction does with a result so far and the next term.

#include "Combiner.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {

Operation *matchCombiner(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1)
    return nullptr;
  Block &block = op->getRegion(0).front();
  BlockArgument old = op.getMatchingBlockArgument(op.getDpsInitOperand(0));
  Operation *combiner = block.getTerminator()->getOperand(0).getDefiningOp();
  if (!combiner || !old.hasOneUse() || *old.user_begin() != combiner ||
      combiner->getNumOperands() != 2 ||
      !isa<arith::AddFOp, arith::MulFOp, arith::MaximumFOp, arith::MinimumFOp,
           arith::AddIOp, arith::MulIOp, arith::MaxSIOp, arith::MinSIOp,
           arith::MaxUIOp, arith::MinUIOp, arith::AndIOp, arith::OrIOp>(
          combiner) ||
      !arith::getNeutralElement(combiner))
    return nullptr;
  return combiner;
}

bool dropsNaN(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1)
    return false;
  Block &block = op->getRegion(0).front();
  Value old = op.getMatchingBlockArgument(op.getDpsInitOperand(0));
  Operation *last = block.getTerminator()->getOperand(0).getDefiningOp();
  return last && isa<arith::MaxNumFOp, arith::MinNumFOp>(last) &&
         llvm::is_contained(last->getOperands(), old);
}

} // namespace convopt
