// A grouped convolution reads an image whose channels are parted into groups.
// Torch's lowering pads before it parts them; what stands between a convolution
// and its padding keeps the padding in memory, since a kernel pads what it
// reads itself. The two commute where no dimension is both padded and parted.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

namespace {
struct ExpandBeforePad : OpRewritePattern<tensor::ExpandShapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExpandShapeOp op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getSrc().getDefiningOp<tensor::PadOp>();
    Value value = pad ? pad.getConstantPaddingValue() : Value();
    if (!value || !pad->hasOneUse() || pad.getNofold() ||
        !pad.getSourceType().hasStaticShape() ||
        !op.getResultType().hasStaticShape())
      return failure();
    SmallVector<OpFoldResult> low, high;
    SmallVector<int64_t> shape(op.getResultType().getShape());
    for (auto [d, group] : llvm::enumerate(op.getReassociationIndices())) {
      int64_t before = pad.getStaticLow()[d], after = pad.getStaticHigh()[d];
      if (ShapedType::isDynamic(before) || ShapedType::isDynamic(after) ||
          (group.size() > 1 && (before || after)))
        return failure();
      if (group.size() == 1)
        shape[group[0]] = pad.getSourceType().getDimSize(d);
      low.append(group.size(), rewriter.getIndexAttr(before));
      high.append(group.size(), rewriter.getIndexAttr(after));
    }
    auto expanded = rewriter.create<tensor::ExpandShapeOp>(
        op.getLoc(), op.getResultType().clone(shape), pad.getSource(),
        op.getReassociationIndices());
    rewriter.replaceOpWithNewOp<tensor::PadOp>(op, op.getResultType(), expanded,
                                               low, high, value);
    return success();
  }
};
} // namespace

void populateExpandBeforePad(RewritePatternSet &patterns) {
  patterns.add<ExpandBeforePad>(patterns.getContext());
}

} // namespace convopt
