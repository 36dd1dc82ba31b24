// With a stride, the last rows and columns of an image may be read by no
// window. Some front ends pad them all the same, others cut them off first, for
// their convolutions want images of an exact size. linalg's do not: what is
// padded without use is not padded here, what is cut off is left where it is.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

/// How many elements of each dimension of `operand` the loops of `op` read,
/// counted from the first; nothing for one that is indexed by a loop alone,
/// whose size is that loop's.
static SmallVector<std::optional<int64_t>> readSizes(linalg::LinalgOp op,
                                                     OpOperand *operand) {
  SmallVector<int64_t> last = op.getStaticLoopRanges();
  AffineMap map = op.getMatchingIndexingMap(operand);
  SmallVector<std::optional<int64_t>> sizes(map.getNumResults());
  if (ShapedType::isDynamicShape(last) || llvm::is_contained(last, 0))
    return sizes;
  for (int64_t &trip : last)
    --trip;
  bool grows = true;
  map.walkExprs([&](AffineExpr expr) {
    auto constant = dyn_cast<AffineConstantExpr>(expr);
    auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
    grows &= (!constant || constant.getValue() >= 0) &&
             (!binary || binary.getKind() == AffineExprKind::Add ||
              binary.getKind() == AffineExprKind::Mul);
  });
  if (!grows)
    return sizes;
  SmallVector<int64_t, 4> furthest = map.compose(last);
  for (auto [size, expr, index] :
       llvm::zip_equal(sizes, map.getResults(), furthest))
    if (isa<AffineBinaryOpExpr>(expr))
      size = index + 1;
  return sizes;
}

namespace {
struct LeaveUncut : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return failure();
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto slice = input->get().getDefiningOp<tensor::ExtractSliceOp>();
      if (!slice ||
          slice.getSourceType().getRank() != slice.getResultType().getRank() ||
          !slice.getSourceType().hasStaticShape() ||
          !slice.getResultType().hasStaticShape() || !slice.hasUnitStride() ||
          !slice.hasZeroOffset())
        continue;
      auto isCut = [&](int64_t d) {
        return slice.getSourceType().getDimSize(d) !=
               slice.getResultType().getDimSize(d);
      };
      SmallVector<std::optional<int64_t>> sizes = readSizes(op, input);
      if (llvm::any_of(llvm::seq<int64_t>(0, sizes.size()),
                       [&](int64_t d) { return isCut(d) && !sizes[d]; }))
        continue;
      rewriter.modifyOpInPlace(op, [&] { input->set(slice.getSource()); });
      return success();
    }
    return failure();
  }
};

struct LeaveUnpadded : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return failure();
    for (OpOperand *input : op.getDpsInputOperands()) {
      auto pad = input->get().getDefiningOp<tensor::PadOp>();
      Value value = pad ? pad.getConstantPaddingValue() : Value();
      if (!value || pad.getNofold() || !pad.getSourceType().hasStaticShape() ||
          !pad.getResultType().hasStaticShape() || !pad.getLow().empty() ||
          !pad.getHigh().empty())
        continue;
      SmallVector<int64_t> shape(pad.getResultType().getShape());
      SmallVector<OpFoldResult> high;
      bool changed = false;
      for (auto [size, read, amount] :
           llvm::zip_equal(shape, readSizes(op, input), pad.getStaticHigh())) {
        int64_t unread =
            read ? std::clamp<int64_t>(size - *read, 0, amount) : 0;
        size -= unread;
        changed |= unread != 0;
        high.push_back(rewriter.getIndexAttr(amount - unread));
      }
      if (!changed)
        continue;
      rewriter.setInsertionPoint(pad);
      Value padded = rewriter.create<tensor::PadOp>(
          pad.getLoc(), pad.getResultType().clone(shape), pad.getSource(),
          pad.getMixedLowPad(), high, value);
      rewriter.modifyOpInPlace(op, [&] { input->set(padded); });
      return success();
    }
    return failure();
  }
};
} // namespace

void populateUnreadBorders(RewritePatternSet &patterns) {
  patterns.add<LeaveUncut, LeaveUnpadded>(patterns.getContext());
}

} // namespace convopt
