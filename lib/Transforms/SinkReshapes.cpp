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

LogicalResult sinkReshapes(Operation *op) {
  RewritePatternSet patterns(op->getContext());
  populateGeneraliseElementwise(patterns);
  linalg::populateFoldReshapeOpsByExpansionPatterns(patterns,
                                                    isAfterComputation);
  tensor::populateReassociativeReshapeFoldingPatterns(patterns);
  tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns,
                                                       op->getContext());
  tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns,
                                                     op->getContext());
  return applyPatternsAndFoldGreedily(op, std::move(patterns));
}

namespace {
struct SinkReshapes : impl::SinkReshapesBase<SinkReshapes> {
  void runOnOperation() override {
    if (failed(sinkReshapes(getOperation())))
      signalPassFailure();
  }
};
} // namespace
} // namespace convopt
