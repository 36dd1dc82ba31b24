// TOSA has products of batches of matrices only. One of a batch of one, a fully
// connected layer, is a product of matrices.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

namespace {
struct UnbatchMatmul : OpRewritePattern<linalg::BatchMatmulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::BatchMatmulOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return failure();
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    if (!type.hasStaticShape() || type.getDimSize(0) != 1)
      return failure();
    const SmallVector<ReassociationIndices> rows{{0, 1}, {2}};
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (!cast<RankedTensorType>(operand.getType()).hasStaticShape())
        return failure();
      operands.push_back(
          rewriter.create<tensor::CollapseShapeOp>(op.getLoc(), operand, rows));
    }
    auto product = rewriter.create<linalg::MatmulOp>(
        op.getLoc(), operands.back().getType(),
        ValueRange(operands).take_front(2), ValueRange(operands).take_back(1));
    rewriter.replaceOpWithNewOp<tensor::ExpandShapeOp>(
        op, type, product->getResult(0), rows);
    return success();
  }
};
} // namespace

void populateUnbatchMatmul(RewritePatternSet &patterns) {
  patterns.add<UnbatchMatmul>(patterns.getContext());
}

} // namespace convopt
