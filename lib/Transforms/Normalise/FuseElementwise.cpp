// Each element-wise operation alone reads and writes whole tensors, and that is
// what it takes. Two become one where nothing is computed more often for it:
// where one is the other's only reader and reads each element once. A value
// with two readers stays one of its own; convopt-form-kernels may still put all
// three into one kernel. Copies, as of broadcasts, move into every reader.
// Upstream would fuse into reductions, too; those have kernels that choose for
// themselves what they read through. The length is bounded, because compile
// time grows faster than it.

#include "FusionLimit.h"
#include "NormalisePatterns.h"
#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_FUSEELEMENTWISE
#include "convopt/Transforms/Passes.h.inc"

static bool isParallel(linalg::LinalgOp op) {
  return op && op.hasPureTensorSemantics() &&
         op.getNumParallelLoops() == op.getNumLoops();
}

namespace {
struct Generalise : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    // These have meaning to others by their names.
    if (isa<linalg::GenericOp, linalg::FillOp, linalg::BroadcastOp,
            linalg::TransposeOp>(op) ||
        !isParallel(op))
      return failure();
    return linalg::generalizeNamedOp(rewriter, op);
  }
};
} // namespace

void populateGeneraliseElementwise(RewritePatternSet &patterns) {
  patterns.add<Generalise>(patterns.getContext());
}

/// Only yields its operand: may be repeated at no cost.
static bool isCopy(linalg::GenericOp op) {
  return llvm::hasSingleElement(*op.getBody());
}

/// Whether the producer of `operand` moves into its consumer: never into a
/// reduction or a convolution, whose kernels choose what they take, never so
/// that anything is computed more often than before, and never without end.
static bool mayFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!producer || !consumer || !isParallel(consumer))
    return false;
  // Into a loop would be once for each iteration.
  if (producer->getBlock() != consumer->getBlock() && !isCopy(producer))
    return false;
  bool once = consumer.getMatchingIndexingMap(operand).isPermutation() &&
              llvm::all_of(operand->get().getUsers(), [&](Operation *user) {
                return user == consumer || isOpTriviallyDead(user);
              });
  bool isShort =
      countScalarOperations(producer) + countScalarOperations(consumer) <=
      maxFusedOperations;
  return (once && isShort) || isCopy(producer);
}

void fuseElementwise(Operation *op) {
  RewritePatternSet patterns(op->getContext());
  populateGeneraliseElementwise(patterns);
  linalg::populateElementwiseOpsFusionPatterns(patterns, mayFuse);
  // That moves splats into bodies, too.
  populateConstantsToFills(patterns);
  linalg::GenericOp::getCanonicalizationPatterns(patterns, op->getContext());
  // What is left apart after many rounds is as right as what is joined.
  (void)applyPatternsAndFoldGreedily(op, std::move(patterns));
}

namespace {
struct FuseElementwise : impl::FuseElementwiseBase<FuseElementwise> {
  void runOnOperation() override { fuseElementwise(getOperation()); }
};
} // namespace
} // namespace convopt
