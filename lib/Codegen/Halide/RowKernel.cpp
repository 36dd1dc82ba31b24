#include "RowKernel.h"
#include "KernelPipeline.h"
#include "ResultUses.h"
#include "StoredFunc.h"

using namespace mlir;

namespace convopt {

/// Whether `map` reads, or writes, at the loops over rows and perhaps at that
/// within a row.
static bool followsRows(AffineMap map, unsigned rank) {
  if (map.getNumResults() != rank && map.getNumResults() + 1 != rank)
    return false;
  for (auto [d, expr] : llvm::enumerate(map.getResults())) {
    if (d + 1 == rank && isa<AffineConstantExpr>(expr))
      continue;
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || dim.getPosition() != d)
      return false;
  }
  return true;
}

/// Whether `op` computes on one row at a time, element by element or to one
/// number, which is summed up in vectors along the row.
static bool isOfRows(linalg::LinalgOp op, ArrayRef<int64_t> shape,
                     int64_t lanes) {
  const unsigned rank = shape.size();
  if (op->getNumResults() != 1 ||
      op.getStaticLoopRanges() != SmallVector<int64_t>(shape) ||
      !followsRows(op.getMatchingIndexingMap(op.getDpsInitOperand(0)), rank))
    return isPointwise(op) && op.getNumLoops() + 1 == rank &&
           op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity();
  if (isPointwise(op))
    return true;
  return op.getNumReductionLoops() == 1 &&
         chooseVectorLoop(op, lanes).isReduction;
}

bool isComputedByRows(KernelOp kernel, const KernelOptions &options) {
  if (kernel.getYielded().size() != 1)
    return false;
  Value result = kernel.getYielded().front();
  auto last = result.getDefiningOp<linalg::LinalgOp>();
  if (!last || !isPointwise(last))
    return false;
  ArrayRef<int64_t> shape = shapeOf(result);
  const int lanes = vectorLanes(Halide::Float(32), options);
  if (shape.size() < 2 || shape.back() < 4 * lanes)
    return false;
  if (options.threads > 1) {
    // Threads divide the outermost loop; that over rows stays a loop.
    auto wide = llvm::find_if(shape, [](int64_t extent) { return extent > 1; });
    if (wide + 1 >= shape.end() ||
        *wide < static_cast<int64_t>(options.threads))
      return false;
  }
  bool stores = false, reduces = false;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (isa<tensor::EmptyOp, arith::ConstantOp, linalg::FillOp>(op))
      continue;
    auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
    if (!linalgOp || !isOfRows(linalgOp, shape, lanes))
      return false;
    for (OpOperand *input : linalgOp.getDpsInputOperands())
      if (input->get().getDefiningOp<linalg::LinalgOp>() &&
          !followsRows(linalgOp.getMatchingIndexingMap(input), shape.size()))
        return false;
    for (OpOperand &init : linalgOp.getDpsInitsMutable())
      if (auto from = init.get().getDefiningOp<linalg::LinalgOp>();
          from && !isa<linalg::FillOp>(from))
        return false;
    const bool whole = op.getResult(0) != result && isPointwise(linalgOp) &&
                       shapeOf(op.getResult(0)) == shape;
    stores |= whole && isCheaperStored(&op);
    reduces |= !isPointwise(linalgOp);
  }
  return stores && reduces;
}

void computeByRows(ArrayRef<Halide::Func> stages, Halide::Func result,
                   ArrayRef<int64_t> shape, const KernelOptions &options) {
  Halide::Var row = result.args()[1];
  // The end of a sum waits for itself; with two rows at a time there is
  // something to do meanwhile, as long as both stay in the first-level cache.
  // (Short rows overlap by themselves: the loops of two take longer there.)
  const bool inPairs = options.threads <= 1 && shape[shape.size() - 2] > 1 &&
                       shape.back() >= 512 && shape.back() <= 1280;
  if (inPairs) {
    Halide::Var pair("pair");
    result.split(row, pair, row, 2, Halide::TailStrategy::ShiftInwards);
    row = pair;
  }
  for (Halide::Func func : stages)
    func.compute_at(result, row);
}

} // namespace convopt
