// math.fma promises one rounding for a product and a sum. Where it accumulates,
// as one term of many, that promise is worth nothing: the order of the terms is
// not kept either, and kernels use the machine's multiply-adds by themselves.
// As a product and a sum the body is what every pass knows. Elsewhere, where
// somebody may have relied on the rounding, it stays.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace convopt {

namespace {
struct SplitMultiplyAdds : OpRewritePattern<math::FmaOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::FmaOp op,
                                PatternRewriter &rewriter) const override {
    auto generic = dyn_cast<linalg::GenericOp>(op->getParentOp());
    auto sum = dyn_cast<BlockArgument>(op.getC());
    if (!generic || generic.getNumReductionLoops() == 0 || !sum ||
        sum.getOwner() != generic.getBody() ||
        sum.getArgNumber() < generic.getNumDpsInputs())
      return failure();
    Value product = rewriter.create<arith::MulFOp>(
        op.getLoc(), op.getA(), op.getB(), op.getFastmathAttr());
    rewriter.replaceOpWithNewOp<arith::AddFOp>(op, sum, product,
                                               op.getFastmathAttr());
    return success();
  }
};
} // namespace

void populateSplitMultiplyAdds(RewritePatternSet &patterns) {
  patterns.add<SplitMultiplyAdds>(patterns.getContext());
}

} // namespace convopt
