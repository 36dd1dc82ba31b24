// Along which loop a reduction is computed in vectors, and by how many partial
// sums: by what its operands are stored like, and by the cycles that it takes.

#include "Combiner.h"
#include "Reduction.h"

using namespace mlir;

namespace convopt {

/// By how many elements an operand's position moves with one step of `loop`;
/// nothing if it is not linear in it.
static std::optional<int64_t> strideOf(AffineMap map, ArrayRef<int64_t> shape,
                                       unsigned loop) {
  int64_t stride = 0, elements = 1;
  for (size_t d = shape.size(); d-- > 0; elements *= shape[d]) {
    AffineExpr expr = map.getResult(d);
    if (!expr.isFunctionOfDim(loop))
      continue;
    AffineExpr dim = getAffineDimExpr(loop, map.getContext());
    AffineExpr step = simplifyAffineExpr(expr.replace(dim, dim + 1) - expr,
                                         map.getNumDims(), 0);
    auto constant = dyn_cast<AffineConstantExpr>(step);
    if (!constant)
      return std::nullopt;
    stride += constant.getValue() * elements;
  }
  return stride;
}

/// Operands that a vector along `loop` would have to gather.
static int countGathers(linalg::LinalgOp op, unsigned loop) {
  int gathers = 0;
  for (OpOperand *operand : op.getDpsInputOperands()) {
    if (!isa<RankedTensorType>(operand->get().getType()) ||
        op.getMatchingBlockArgument(operand).use_empty())
      continue;
    std::optional<int64_t> stride = strideOf(op.getMatchingIndexingMap(operand),
                                             shapeOf(operand->get()), loop);
    // Steps of two are two loads and a shuffle.
    gathers += !stride || std::abs(*stride) > 2;
  }
  return gathers;
}

VectorLoop chooseVectorLoop(linalg::LinalgOp op, int64_t vectorFloats) {
  SmallVector<int64_t> extents = op.getStaticLoopRanges();
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  VectorLoop best;
  int bestGathers = INT_MAX;
  int64_t bestLanes = 1;
  if (result.getNumResults()) {
    best.loop = result.getDimPosition(result.getNumResults() - 1);
    bestGathers = countGathers(op, best.loop);
    bestLanes = std::min(extents[best.loop], vectorFloats);
  }
  if (!matchCombiner(op))
    return best;
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop) {
    if (op.getIteratorTypesArray()[loop] != utils::IteratorType::reduction)
      continue;
    int gathers = countGathers(op, loop);
    int64_t lanes = std::min(extents[loop], vectorFloats);
    if (lanes < 4)
      continue;
    // Horizontal sums are worth it for whole vectors that need no gathers.
    bool better =
        best.isReduction
            ? gathers < bestGathers ||
                  (gathers == bestGathers && extents[loop] > extents[best.loop])
            : gathers < bestGathers ||
                  (gathers == bestGathers && bestLanes * 2 < lanes);
    if (better) {
      best = {true, loop};
      bestGathers = gathers;
      bestLanes = lanes;
    }
  }
  return best;
}

int64_t laneCount(int64_t extent, int64_t lanes) {
  // Cycles, about: one addition waits for the one before it, a vector's worth
  // at a time; what is left over follows in ever shorter vectors; then halving.
  constexpr int64_t latency = 4, halving = 3;
  int64_t best = 1, least = INT64_MAX;
  for (int64_t count = 4 * lanes; count >= 2; count /= 2) {
    int64_t steps = extent / count;
    if (steps == 0)
      continue;
    const int64_t rest = extent % count;
    int64_t cost =
        steps * std::max(latency, count / lanes) + rest / lanes +
        llvm::popcount(static_cast<uint64_t>(rest % lanes)) * latency +
        halving * llvm::Log2_64(static_cast<uint64_t>(count));
    if (cost < least) {
      best = count;
      least = cost;
    }
  }
  return best;
}

} // namespace convopt
