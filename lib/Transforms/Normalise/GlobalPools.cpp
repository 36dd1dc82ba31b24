// A mean over the whole image comes as a pooling with a window as large as the
// image or as a sum over two dimensions. As a pooling it has loops of one
// iteration over its result, and what is computed of it, the division, does not
// find into its loops. So it becomes the sum, whose dimensions of one element
// are put back behind it.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

namespace {
template <typename Pool, int64_t height, int64_t channel>
struct GlobalPool : OpRewritePattern<Pool> {
  using OpRewritePattern<Pool>::OpRewritePattern;

  LogicalResult matchAndRewrite(Pool op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return failure();
    auto image = cast<RankedTensorType>(op.image().getType());
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    auto window =
        cast<RankedTensorType>(op.getDpsInputOperand(1)->get().getType());
    auto fill = op.getDpsInits()[0].template getDefiningOp<linalg::FillOp>();
    if (!fill || !image.hasStaticShape() ||
        window.getShape() != image.getShape().slice(height, 2) ||
        type.getShape().slice(height, 2) != ArrayRef<int64_t>({1, 1}))
      return failure();

    Location loc = op.getLoc();
    auto reduced = RankedTensorType::get(
        {type.getDimSize(0), type.getDimSize(channel)}, type.getElementType());
    Value empty = rewriter.create<tensor::EmptyOp>(loc, reduced.getShape(),
                                                   reduced.getElementType());
    Value init =
        rewriter
            .create<linalg::FillOp>(loc, fill.getInputs(), ValueRange{empty})
            .getResult(0);
    SmallVector<utils::IteratorType> loops(4, utils::IteratorType::parallel);
    loops[height] = loops[height + 1] = utils::IteratorType::reduction;
    AffineMap all = rewriter.getMultiDimIdentityMap(4);
    AffineMap kept = all.getSubMap({0, unsigned(channel)});
    Block &body = op->getRegion(0).front();
    auto sum = rewriter.create<linalg::GenericOp>(
        loc, reduced, ValueRange{op.image()}, ValueRange{init},
        ArrayRef<AffineMap>{all, kept}, loops,
        [&](OpBuilder &builder, Location, ValueRange arguments) {
          IRMapping mapping;
          mapping.map(body.getArgument(0), arguments[0]);
          mapping.map(body.getArgument(2), arguments[1]);
          for (Operation &inner : body)
            builder.clone(inner, mapping);
        });
    SmallVector<ReassociationIndices> groups;
    if (channel == 1)
      groups = {{0}, {1, 2, 3}};
    else
      groups = {{0, 1, 2}, {3}};
    rewriter.replaceOpWithNewOp<tensor::ExpandShapeOp>(
        op, type, sum->getResult(0), groups);
    return success();
  }
};
} // namespace

void populateGlobalPools(RewritePatternSet &patterns) {
  patterns.add<GlobalPool<linalg::PoolingNchwSumOp, 2, 1>,
               GlobalPool<linalg::PoolingNchwMaxOp, 2, 1>,
               GlobalPool<linalg::PoolingNhwcSumOp, 1, 3>,
               GlobalPool<linalg::PoolingNhwcMaxOp, 1, 3>>(
      patterns.getContext());
}

} // namespace convopt
