// A splat that is broadcast, a bias of equal numbers say, becomes a number in
// the body of an operation that reads nothing. That is a fill, and only as a
// fill it is known as the initial value of a convolution.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace convopt {

namespace {
struct ConstantsToFills : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getNumDpsInputs() != 0 || op.getNumDpsInits() != 1 ||
        !op.hasPureTensorSemantics() ||
        op.getNumParallelLoops() != op.getNumLoops() ||
        !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isPermutation())
      return failure();
    Value value = op.getBody()->getTerminator()->getOperand(0);
    auto constant = value.getDefiningOp<arith::ConstantOp>();
    if (!constant)
      return failure();
    auto scalar =
        rewriter.create<arith::ConstantOp>(op.getLoc(), constant.getValue());
    rewriter.replaceOpWithNewOp<linalg::FillOp>(
        op, ValueRange{scalar}, ValueRange{op.getDpsInits()[0]});
    return success();
  }
};

struct InitsToFills : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || op.getNumReductionLoops() == 0)
      return failure();
    for (OpOperand &init : op.getDpsInitsMutable()) {
      DenseElementsAttr attr;
      auto type = cast<RankedTensorType>(init.get().getType());
      if (!matchPattern(init.get(), m_Constant(&attr)) || !attr.isSplat() ||
          !isa<FloatType>(type.getElementType()))
        continue;
      auto scalar = rewriter.create<arith::ConstantOp>(
          op.getLoc(), cast<TypedAttr>(attr.getSplatValue<Attribute>()));
      Value empty = rewriter.create<tensor::EmptyOp>(
          op.getLoc(), type.getShape(), type.getElementType());
      auto fill = rewriter.create<linalg::FillOp>(
          op.getLoc(), ValueRange{scalar}, ValueRange{empty});
      rewriter.modifyOpInPlace(op, [&] { init.set(fill.getResult(0)); });
      return success();
    }
    return failure();
  }
};
} // namespace

void populateConstantsToFills(RewritePatternSet &patterns) {
  patterns.add<ConstantsToFills, InitsToFills>(patterns.getContext());
}

} // namespace convopt
