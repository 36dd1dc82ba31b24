// Torch's lowering writes a rectifier as a comparison and a choice: x > 0 ? x :
// 0, with the comparison true of NaN, so that a NaN stays. A kernel would have
// to compute that as it is written, several instructions an element; a maximum
// is one, and what everybody recognises. Which of the two maxima it is follows
// from what is chosen if x is no number, which one of the two being a constant
// decides. Zeros of two signs are equal to a comparison; which of them comes
// out is not kept.

#include "NormalisePatterns.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <cmath>

using namespace mlir;

namespace convopt {

namespace {
/// Of a and b, where a is chosen if it is true, else b.
struct Comparison {
  bool isGreater, isTrueOfNaN;
};
} // namespace

static std::optional<Comparison> read(arith::CmpFPredicate predicate,
                                      bool swapped) {
  using P = arith::CmpFPredicate;
  auto make = [&](bool greater, bool ofNaN) {
    return Comparison{greater != swapped, ofNaN};
  };
  switch (predicate) {
  case P::OGT:
  case P::OGE:
    return make(true, false);
  case P::OLT:
  case P::OLE:
    return make(false, false);
  case P::UGT:
  case P::UGE:
    return make(true, true);
  case P::ULT:
  case P::ULE:
    return make(false, true);
  default:
    return std::nullopt;
  }
}

namespace {
struct ComparisonsToMaxima : OpRewritePattern<arith::SelectOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::SelectOp op,
                                PatternRewriter &rewriter) const override {
    auto compared = op.getCondition().getDefiningOp<arith::CmpFOp>();
    Value a = op.getTrueValue(), b = op.getFalseValue();
    if (!compared || !isa<FloatType>(a.getType()))
      return failure();
    bool swapped = compared.getLhs() == b && compared.getRhs() == a;
    if (!swapped && !(compared.getLhs() == a && compared.getRhs() == b))
      return failure();
    std::optional<Comparison> is = read(compared.getPredicate(), swapped);
    std::optional<double> ofA = getSplat(a), ofB = getSplat(b);
    if (!is || ofA.has_value() == ofB.has_value())
      return failure();
    if (std::isnan(ofA ? *ofA : *ofB))
      return failure();
    // The variable is chosen if it is no number.
    bool keepsNaN = is->isTrueOfNaN == !ofA;
    if (is->isGreater && keepsNaN)
      rewriter.replaceOpWithNewOp<arith::MaximumFOp>(op, a, b);
    else if (is->isGreater)
      rewriter.replaceOpWithNewOp<arith::MaxNumFOp>(op, a, b);
    else if (keepsNaN)
      rewriter.replaceOpWithNewOp<arith::MinimumFOp>(op, a, b);
    else
      rewriter.replaceOpWithNewOp<arith::MinNumFOp>(op, a, b);
    return success();
  }
};
} // namespace

void populateComparisonsToMaxima(RewritePatternSet &patterns) {
  patterns.add<ComparisonsToMaxima>(patterns.getContext());
}

} // namespace convopt
