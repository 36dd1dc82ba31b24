// A generic operation can be written in many ways that mean the same. Front
// ends differ in which they choose; what follows here knows one of each, the
// one that ONNX models are imported in. One file a difference.

#include "NormalisePatterns.h"
#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_SIMPLIFYGENERICS
#include "convopt/Transforms/Passes.h.inc"

void simplifyGenerics(Operation *op) {
  RewritePatternSet patterns(op->getContext());
  populateMapsToGenerics(patterns);
  populateNameUnitLoops(patterns);
  populateGlobalPools(patterns);
  populateInsertionsToConcat(patterns);
  populateUnbatchMatmul(patterns);
  populateUnreadBorders(patterns);
  // Depthwise convolutions with one result a channel, as what they are.
  linalg::populateLinalgNamedOpConversionPatterns(patterns);
  populateOrderConvInputs(patterns);
  populateSplitMultiplyAdds(patterns);
  populateComparisonsToMaxima(patterns);
  // Limits of a clamp, given as tensors of one element.
  linalg::populateInlineConstantOperandsPatterns(patterns);
  populateConstantsToFills(patterns);
  // A maximum that was computed with its place, where nobody asks for that.
  linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
  // Each rewrite is final, so this ends.
  (void)applyPatternsAndFoldGreedily(op, std::move(patterns));
}

namespace {
struct SimplifyGenerics : impl::SimplifyGenericsBase<SimplifyGenerics> {
  void runOnOperation() override { simplifyGenerics(getOperation()); }
};
} // namespace
} // namespace convopt
