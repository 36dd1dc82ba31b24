// The bias of a grouped convolution is a number for each channel, and Torch's
// lowering makes an image of it before it parts channels into groups. Parted
// first, it stays the broadcast constant that a convolution's kernel starts
// from, instead of an image in memory.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

namespace {
struct ExpandBeforeBroadcast : OpRewritePattern<tensor::ExpandShapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExpandShapeOp op,
                                PatternRewriter &rewriter) const override {
    auto broadcast = op.getSrc().getDefiningOp<linalg::BroadcastOp>();
    if (!broadcast || !op.getResultType().hasStaticShape())
      return failure();
    auto input = cast<RankedTensorType>(broadcast.getInput().getType());
    SmallVector<int64_t> added, shape;
    SmallVector<ReassociationIndices> groups;
    for (auto [d, group] : llvm::enumerate(op.getReassociationIndices())) {
      if (llvm::is_contained(broadcast.getDimensions(), d)) {
        llvm::append_range(added, group);
        continue;
      }
      ReassociationIndices &own = groups.emplace_back();
      for (int64_t dim : group) {
        own.push_back(shape.size());
        shape.push_back(op.getResultType().getDimSize(dim));
      }
    }
    Value expanded = broadcast.getInput();
    if (static_cast<int64_t>(shape.size()) != input.getRank())
      expanded = rewriter.create<tensor::ExpandShapeOp>(
          op.getLoc(), input.clone(shape), expanded, groups);
    Value empty = rewriter.create<tensor::EmptyOp>(
        op.getLoc(), op.getResultType().getShape(), input.getElementType());
    auto result = rewriter.create<linalg::BroadcastOp>(op.getLoc(), expanded,
                                                       empty, added);
    rewriter.replaceOp(op, result->getResult(0));
    return success();
  }
};
} // namespace

void populateExpandBeforeBroadcast(RewritePatternSet &patterns) {
  patterns.add<ExpandBeforeBroadcast>(patterns.getContext());
}

} // namespace convopt
