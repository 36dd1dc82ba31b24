// Which operation is a pooling that may be reduced dimension by dimension: its
// body combines in any order, its innermost dimensions slide along the image's.

#include "PoolingWindow.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

/// Yields an element of the first input combined with the result so far.
static Operation *matchCombination(linalg::LinalgOp op) {
  Block &block = op->getRegion(0).front();
  Operation *last = block.getTerminator()->getOperand(0).getDefiningOp();
  if (!last || last->getNumOperands() != 2 || !llvm::hasNItems(block, 2) ||
      !isa<arith::AddFOp, arith::MaximumFOp, arith::MinimumFOp,
           arith::MaxNumFOp, arith::MinNumFOp, arith::MaxSIOp, arith::MinSIOp>(
          last))
    return nullptr;
  Value a = last->getOperand(0), b = last->getOperand(1);
  Value x = block.getArgument(0), old = block.getArguments().back();
  return (a == x && b == old) || (a == old && b == x) ? last : nullptr;
}

std::optional<PoolingWindow> matchWindow(linalg::LinalgOp op) {
  if (!op || op->getNumResults() != 1 || op.getNumDpsInputs() < 1 ||
      op.getNumReductionLoops() < 2)
    return std::nullopt;
  PoolingWindow window;
  window.op = op;
  window.combiner = matchCombination(op);
  std::optional<double> initial = getSplat(op.getDpsInitOperand(0)->get());
  // Both steps begin with it.
  if (!window.combiner || !initial ||
      (isa<arith::AddFOp>(window.combiner) && *initial != 0))
    return std::nullopt;
  AffineMap image = op.getIndexingMapsArray()[0],
            result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  unsigned rank = image.getNumResults();
  if (!result.isProjectedPermutation() || result.getNumResults() != rank ||
      op.getNumLoops() - op.getNumReductionLoops() != rank)
    return std::nullopt;
  SmallVector<int64_t> trips = op.getStaticLoopRanges();
  while (window.first < rank &&
         image.getResult(window.first) == result.getResult(window.first))
    ++window.first;
  MLIRContext *context = op.getContext();
  for (unsigned d = window.first; d < rank; ++d) {
    AffineExpr expr = image.getResult(d),
               zero = getAffineConstantExpr(0, context);
    unsigned parallel = result.getDimPosition(d);
    std::optional<unsigned> found;
    for (unsigned loop = 0; loop < op.getNumLoops(); ++loop)
      if (expr.isFunctionOfDim(loop) && loop != parallel) {
        if (found)
          return std::nullopt;
        found = loop;
      }
    if (!found ||
        op.getIteratorTypesArray()[*found] != utils::IteratorType::reduction)
      return std::nullopt;
    // Along each of the two loops by how much.
    auto step = [&](unsigned loop) -> int64_t {
      AffineExpr one = getAffineConstantExpr(1, context);
      AffineExpr at = expr;
      for (unsigned other = 0; other < op.getNumLoops(); ++other)
        at = at.replace(getAffineDimExpr(other, context),
                        other == loop ? one : zero);
      auto constant =
          dyn_cast<AffineConstantExpr>(simplifyAffineExpr(at, 0, 0));
      return constant ? constant.getValue() : 0;
    };
    window.loops.push_back(*found);
    window.sizes.push_back(trips[*found]);
    window.strides.push_back(step(parallel));
    window.dilations.push_back(step(*found));
    if (window.strides.back() < 1 || window.dilations.back() < 1)
      return std::nullopt;
  }
  if (window.loops.size() != op.getNumReductionLoops())
    return std::nullopt;
  window.image = op.getDpsInputOperand(0)->get();
  window.before.assign(window.loops.size(), 0);
  auto pad = window.image.getDefiningOp<tensor::PadOp>();
  if (!pad)
    return window;
  Value padding = pad.getConstantPaddingValue();
  if (!pad->hasOneUse() || !padding || getSplat(padding) != initial)
    return std::nullopt;
  for (auto [d, low, high] :
       llvm::enumerate(pad.getStaticLow(), pad.getStaticHigh())) {
    if (d < window.first && (low || high))
      return std::nullopt;
    if (d >= window.first)
      window.before[d - window.first] = low;
  }
  window.image = pad.getSource();
  return window;
}

} // namespace convopt
