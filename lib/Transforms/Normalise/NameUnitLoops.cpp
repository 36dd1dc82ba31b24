// In a batch of one image the batch's loop has one iteration, and `(0, d1, d2,
// d3)` reads what `(d0, d1, d2, d3)` reads. TOSA's lowering writes the first,
// to broadcast whatever is of one element. But only the second is plainly the
// place where the result is written, and an operation that reads in place can
// be computed in the loops of the convolution before it. Upstream goes the
// other way and drops such loops with their dimensions; that would leave a
// convolution and its activation with different ranks, and a reshape between.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace convopt {

namespace {
struct NameUnitLoops : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getNumDpsInits() == 0)
      return failure();
    AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    SmallVector<int64_t> trips = op.getStaticLoopRanges();
    bool changed = false;
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto type = dyn_cast<ShapedType>(input->get().getType());
      AffineMap &map = maps[input->getOperandNumber()];
      if (!type || map.getNumResults() != result.getNumResults())
        continue;
      for (unsigned i = 0; i < map.getNumResults(); ++i) {
        auto loop = dyn_cast<AffineDimExpr>(result.getResult(i));
        if (map.getResult(i) != rewriter.getAffineConstantExpr(0) || !loop ||
            type.getDimSize(i) != 1 || trips[loop.getPosition()] != 1 ||
            map.isFunctionOfDim(loop.getPosition()))
          continue;
        SmallVector<AffineExpr> exprs(map.getResults());
        exprs[i] = loop;
        map = AffineMap::get(map.getNumDims(), map.getNumSymbols(), exprs,
                             op.getContext());
        changed = true;
      }
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

void populateNameUnitLoops(RewritePatternSet &patterns) {
  patterns.add<NameUnitLoops>(patterns.getContext());
}

} // namespace convopt
