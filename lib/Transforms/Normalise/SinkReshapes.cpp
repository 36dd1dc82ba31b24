// A reshape costs nothing in memory, but one between a convolution and its
// activation parts them: the two have other shapes, and neither can be computed
// in the loops of the other. A grouped convolution is followed by one, which
// joins groups and channels; below the activation it is in nobody's way.
// Reshapes that add dimensions of one element, as a mean that keeps its
// dimensions leaves them, are moved down too, or read through where the reader
// broadcasts. Never upwards past a computation: an expansion that moved up past
// a bias would come to stand between the bias and its convolution. Past padding
// and broadcasts it does: a convolution looks for them in its operands.

#include "NormalisePatterns.h"
#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_SINKRESHAPES
#include "convopt/Transforms/Passes.h.inc"

/// Only reshapes of what a kernel computes, and only downwards: an expansion
/// that moved up would part a convolution from what follows it.
static bool isAfterComputation(OpOperand *operand) {
  auto collapse = operand->get().getDefiningOp<tensor::CollapseShapeOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  return collapse && consumer &&
         consumer.getNumParallelLoops() == consumer.getNumLoops() &&
         collapse.getSrc().getDefiningOp<linalg::LinalgOp>() &&
         consumer.getMatchingIndexingMap(operand).isPermutation();
}

/// For each dimension of an expansion's source, the one of its result that it
/// became, if all others that it adds are of size one.
static std::optional<SmallVector<int64_t>>
getKeptDims(tensor::ExpandShapeOp expand) {
  SmallVector<int64_t> kept;
  for (const ReassociationIndices &group : expand.getReassociationIndices()) {
    auto isWide = [&](int64_t dim) {
      return expand.getResultType().getDimSize(dim) != 1;
    };
    if (llvm::count_if(group, isWide) > 1)
      return std::nullopt;
    auto it = llvm::find_if(group, isWide);
    kept.push_back(it == group.end() ? group.front() : *it);
  }
  return kept;
}

/// A sum of rows that keeps its dimensions is a sum that was expanded; what is
/// computed of it can be computed before.
static bool addsUnitDims(OpOperand *operand) {
  auto expand = operand->get().getDefiningOp<tensor::ExpandShapeOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  return expand && consumer &&
         consumer.getNumParallelLoops() == consumer.getNumLoops() &&
         consumer.getMatchingIndexingMap(operand).isIdentity() &&
         expand.getSrc().getDefiningOp<linalg::LinalgOp>() &&
         getKeptDims(expand);
}

namespace {
/// Reads what was expanded by dimensions of size one as it was before.
struct ReadUnexpanded : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getNumParallelLoops() != op.getNumLoops())
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    bool changed = false;
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto expand = input->get().getDefiningOp<tensor::ExpandShapeOp>();
      auto kept = expand ? getKeptDims(expand) : std::nullopt;
      AffineMap &map = maps[input->getOperandNumber()];
      if (!kept || !expand.getSrc().getDefiningOp<linalg::LinalgOp>() ||
          map.isIdentity())
        continue;
      map = map.getSubMap(SmallVector<unsigned>(kept->begin(), kept->end()));
      rewriter.modifyOpInPlace(op, [&] { input->set(expand.getSrc()); });
      changed = true;
    }
    if (!changed)
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    });
    return success();
  }
};
} // namespace

static void apply(Operation *op,
                  function_ref<void(RewritePatternSet &)> populate) {
  MLIRContext *context = op->getContext();
  RewritePatternSet patterns(context);
  populate(patterns);
  tensor::populateReassociativeReshapeFoldingPatterns(patterns);
  tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
  tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
  // Where a round more would move others, they are right where they are.
  (void)applyPatternsAndFoldGreedily(op, std::move(patterns));
}

void sinkReshapes(Operation *op) {
  apply(op, [](RewritePatternSet &patterns) {
    populateExpandBeforePad(patterns);
    populateExpandBeforeBroadcast(patterns);
  });
  // One after the other: they would undo each other's work on operations that
  // have an operand of either kind.
  apply(op, [](RewritePatternSet &patterns) {
    populateGeneraliseElementwise(patterns);
    linalg::populateFoldReshapeOpsByExpansionPatterns(patterns,
                                                      isAfterComputation);
  });
  apply(op, [](RewritePatternSet &patterns) {
    linalg::populateFoldReshapeOpsByCollapsingPatterns(patterns, addsUnitDims);
    patterns.add<ReadUnexpanded>(patterns.getContext());
  });
}

namespace {
struct SinkReshapes : impl::SinkReshapesBase<SinkReshapes> {
  void runOnOperation() override { sinkReshapes(getOperation()); }
};
} // namespace
} // namespace convopt
