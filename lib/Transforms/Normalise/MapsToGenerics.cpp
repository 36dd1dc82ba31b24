// linalg.map's body has no argument for what the result held before: the only
// structured operation of which an operand has none. All that asks for the
// argument of an operand would have to ask for this one first.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace convopt {

namespace {
struct MapToGeneric : OpRewritePattern<linalg::MapOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::MapOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return failure();
    auto generic = rewriter.create<linalg::GenericOp>(
        op.getLoc(), op->getResultTypes(), op.getInputs(),
        ValueRange(op.getInit()), op.getIndexingMapsArray(),
        op.getIteratorTypesArray());
    rewriter.inlineRegionBefore(op.getMapper(), generic.getRegion(),
                                generic.getRegion().end());
    generic.getRegion().front().addArgument(
        getElementTypeOrSelf(op.getInit().getType()), op.getLoc());
    for (NamedAttribute attr : op->getDiscardableAttrs())
      generic->setAttr(attr.getName(), attr.getValue());
    rewriter.replaceOp(op, generic);
    return success();
  }
};
} // namespace

void populateMapsToGenerics(RewritePatternSet &patterns) {
  patterns.add<MapToGeneric>(patterns.getContext());
}

} // namespace convopt
