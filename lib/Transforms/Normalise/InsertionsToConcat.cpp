// A concatenation may be written as its parts, one after the other put into an
// empty tensor. Where they fill it, it is known as what it is again.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

/// The one dimension along which `insert` fills a part of its destination and
/// nothing but that; -1 if it fills all of it, nothing if it is another part.
static std::optional<int64_t> partialDim(tensor::InsertSliceOp insert) {
  if (insert.getSourceType().getRank() != insert.getDestType().getRank() ||
      !insert.getDestType().hasStaticShape() ||
      !insert.getSourceType().hasStaticShape() || !insert.hasUnitStride() ||
      !insert.getOffsets().empty())
    return std::nullopt;
  int64_t partial = -1;
  for (int64_t d = 0; d < insert.getDestType().getRank(); ++d) {
    if (insert.getSourceType().getDimSize(d) ==
        insert.getDestType().getDimSize(d))
      continue;
    if (partial >= 0)
      return std::nullopt;
    partial = d;
  }
  return partial;
}

namespace {
struct InsertionsToConcat : OpRewritePattern<tensor::InsertSliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::InsertSliceOp last,
                                PatternRewriter &rewriter) const override {
    std::optional<int64_t> dim = partialDim(last);
    if (!dim || *dim < 0)
      return failure();
    SmallVector<tensor::InsertSliceOp> inserts{last};
    while (
        auto before =
            inserts.back().getDest().getDefiningOp<tensor::InsertSliceOp>()) {
      if (!before->hasOneUse() || partialDim(before) != dim)
        return failure();
      inserts.push_back(before);
    }
    if (!inserts.back().getDest().getDefiningOp<tensor::EmptyOp>())
      return failure();
    llvm::sort(inserts, [&](tensor::InsertSliceOp a, tensor::InsertSliceOp b) {
      return a.getStaticOffset(*dim) < b.getStaticOffset(*dim);
    });
    int64_t end = 0;
    SmallVector<Value> parts;
    for (tensor::InsertSliceOp insert : inserts) {
      if (insert.getStaticOffset(*dim) != end)
        return failure();
      end += insert.getSourceType().getDimSize(*dim);
      parts.push_back(insert.getSource());
    }
    if (end != last.getDestType().getDimSize(*dim))
      return failure();
    rewriter.replaceOpWithNewOp<tensor::ConcatOp>(last, last.getDestType(),
                                                  *dim, parts);
    return success();
  }
};
} // namespace

void populateInsertionsToConcat(RewritePatternSet &patterns) {
  patterns.add<InsertionsToConcat>(patterns.getContext());
}

} // namespace convopt
