// Bufferization wants what a loop carries from one iteration to the next to be,
// at the iteration's end, in the memory in which it was at its beginning. A
// kernel writes its results to memory of their own. So each new state that was
// not computed in place is copied there, and first, since another new state may
// be a part of this one, or be the old one, to memory that nothing else has.

#include "convopt/Transforms/Lowering.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

using namespace mlir;

namespace convopt {

/// Whether `value` is `place` with some of its elements overwritten.
static bool isComputedIn(Value value, Value place) {
  while (value != place) {
    auto result = dyn_cast<OpResult>(value);
    if (!result)
      return false;
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(result.getOwner()))
      value = insert.getDest();
    else if (auto op = dyn_cast<DestinationStyleOpInterface>(result.getOwner()))
      value = op.getTiedOpOperand(result)->get();
    else
      return false;
  }
  return true;
}

/// Makes every tensor that `yield` ends an iteration with one in the memory of
/// the argument beside it.
static void endInPlace(Operation *yield, ValueRange arguments) {
  OpBuilder builder(yield);
  SmallVector<std::pair<OpOperand *, Value>> moved;
  for (auto [operand, place] : llvm::zip(yield->getOpOperands(), arguments)) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type || type != place.getType() || !type.hasStaticShape() ||
        isComputedIn(operand.get(), place))
      continue;
    operand.set(builder.create<bufferization::AllocTensorOp>(
        yield->getLoc(), type, ValueRange(), operand.get()));
    moved.push_back({&operand, place});
  }
  for (auto [operand, place] : moved)
    operand->set(
        builder
            .create<bufferization::MaterializeInDestinationOp>(
                yield->getLoc(), place.getType(), operand->get(), place)
            .getResult());
}

void endLoopsInPlace(Operation *root) {
  root->walk([](scf::ForOp loop) {
    if (loop.getNumRegionIterArgs())
      endInPlace(loop.getBody()->getTerminator(), loop.getRegionIterArgs());
  });
  root->walk([](scf::WhileOp loop) {
    endInPlace(loop.getYieldOp(), loop.getAfterArguments());
  });
}

} // namespace convopt
