// A product does not care which factor comes first, but everything that reads
// a convolution off its indexing maps does: image, then filter. What slides is
// the image: its places are sums of a place in the result and one in the
// filter, where the filter's are loops alone.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace convopt {

/// Whether `map` reads at a sum of a loop of the result and one summed over.
static bool slides(linalg::GenericOp op, AffineMap map) {
  auto loopsOf = [&](AffineExpr expr, utils::IteratorType kind) {
    for (auto [loop, type] : llvm::enumerate(op.getIteratorTypesArray()))
      if (type == kind && expr.isFunctionOfDim(loop))
        return true;
    return false;
  };
  return llvm::any_of(map.getResults(), [&](AffineExpr expr) {
    return loopsOf(expr, utils::IteratorType::parallel) &&
           loopsOf(expr, utils::IteratorType::reduction);
  });
}

namespace {
struct OrderConvInputs : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1)
      return failure();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    if (!maps[0].isProjectedPermutation() || !slides(op, maps[1]))
      return failure();
    std::swap(maps[0], maps[1]);
    rewriter.modifyOpInPlace(op, [&] {
      op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
      Value filter = op->getOperand(0);
      op->setOperand(0, op->getOperand(1));
      op->setOperand(1, filter);
      // The arguments change places, types and all.
      Block &body = *op.getBody();
      BlockArgument image = body.insertArgument(
          0u, body.getArgument(1).getType(), body.getArgument(1).getLoc());
      rewriter.replaceAllUsesWith(body.getArgument(2), image);
      body.eraseArgument(2);
    });
    return success();
  }
};
} // namespace

void populateOrderConvInputs(RewritePatternSet &patterns) {
  patterns.add<OrderConvInputs>(patterns.getContext());
}

} // namespace convopt
