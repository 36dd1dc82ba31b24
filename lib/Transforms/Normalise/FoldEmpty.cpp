// A batch of 0, or a product over no channels, is legal. There is nothing to
// compute then, but much that would divide by it: elements per channel, bytes
// per row, strides. So what is empty leaves the program before anything else
// looks at it. A sum over nothing is its initial value, and a tensor without
// elements needs no producer.

#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_FOLDEMPTY
#include "convopt/Transforms/Passes.h.inc"

static bool isEmpty(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && llvm::is_contained(type.getShape(), 0) &&
         type.hasStaticShape();
}

/// What a linalg operation of no iterations leaves is what it was given.
static bool foldLoops(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() ||
      !llvm::is_contained(op.getStaticLoopRanges(), 0))
    return false;
  for (auto [result, init] :
       llvm::zip_equal(op->getResults(), op.getDpsInits()))
    result.replaceAllUsesWith(init);
  op->erase();
  return true;
}

/// Anything else that only makes tensors without elements.
static bool foldResults(Operation *op) {
  if (op->getNumResults() == 0 || isa<tensor::EmptyOp>(op) ||
      op->hasTrait<OpTrait::ConstantLike>() || !isPure(op) ||
      !llvm::all_of(op->getResults(), isEmpty))
    return false;
  OpBuilder builder(op);
  for (Value result : op->getResults()) {
    auto type = cast<RankedTensorType>(result.getType());
    result.replaceAllUsesWith(builder.create<tensor::EmptyOp>(
        op->getLoc(), type.getShape(), type.getElementType(),
        type.getEncoding()));
  }
  op->erase();
  return true;
}

/// Parts without elements are left out of a concatenation.
static void foldParts(tensor::ConcatOp op) {
  SmallVector<Value> parts(llvm::make_filter_range(
      op.getInputs(), [](Value part) { return !isEmpty(part); }));
  if (parts.size() == op.getInputs().size() || parts.empty())
    return;
  OpBuilder builder(op);
  Value whole = parts.front();
  if (parts.size() > 1)
    whole = builder.create<tensor::ConcatOp>(op.getLoc(), op.getResultType(),
                                             op.getDim(), parts);
  if (whole.getType() != op.getResultType())
    return;
  op.getResult().replaceAllUsesWith(whole);
  op.erase();
}

void foldEmpty(Operation *root) {
  // What an operation's region holds is visited before it, so nothing that is
  // erased is visited.
  root->walk([](Operation *op) {
    if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
        linalgOp && foldLoops(linalgOp))
      return;
    if (foldResults(op))
      return;
    if (auto concat = dyn_cast<tensor::ConcatOp>(op))
      foldParts(concat);
  });
}

namespace {
struct FoldEmpty : impl::FoldEmptyBase<FoldEmpty> {
  void runOnOperation() override { foldEmpty(getOperation()); }
};
} // namespace
} // namespace convopt
