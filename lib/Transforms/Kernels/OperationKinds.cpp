// What grouping asks about an operation, answered from indexing maps alone, so
// that a generic operation of any front end is as good as a named one.
// Element-wise is: every operand is read where the result is written, or at the
// place that broadcasting gives. Recomputed is: cheaper to make anew in each
// kernel than to read, as fills and broadcasts are. A sum of rows reads each
// element of one operand once; a pooling or a product reads elements again, and
// wants a schedule around that.

#include "OperationKinds.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {

/// Whether an operand read through `map` stands still along some loops, and
/// follows the others in the order of `result` (broadcasting).
static bool isBroadcastOf(AffineMap map, AffineMap result) {
  AffineExpr zero = getAffineConstantExpr(0, map.getContext());
  size_t used = 0;
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    if (expr == zero)
      continue;
    if (!isa<AffineDimExpr>(expr))
      return false;
    if (map.getNumResults() == result.getNumResults() &&
        expr != result.getResult(i))
      return false;
    ++used;
  }
  return used < result.getNumResults();
}

/// A generic that only copies a smaller tensor along further dimensions.
static bool isBroadcast(linalg::GenericOp op) {
  Block &body = *op.getBody();
  if (op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getNumParallelLoops() != op.getNumLoops() ||
      body.getTerminator()->getOperand(0) != body.getArgument(0))
    return false;
  AffineMap to = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  return to.isPermutation() &&
         isBroadcastOf(op.getMatchingIndexingMap(op.getDpsInputOperand(0)), to);
}

bool isRecomputed(Operation *op) {
  if (isa<tensor::EmptyOp>(op) || isa<linalg::BroadcastOp>(op))
    return true;
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return !isa<ShapedType>(constant.getType()) ||
           getSplat(constant).has_value();
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    return getSplat(fill.getInputs()[0]).has_value();
  auto generic = dyn_cast<linalg::GenericOp>(op);
  return generic && isBroadcast(generic);
}

bool isElementwise(Operation *op) {
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!linalgOp || isa<linalg::TransposeOp>(op) || op->getNumResults() != 1 ||
      linalgOp.getNumParallelLoops() != linalgOp.getNumLoops())
    return false;
  AffineMap result =
      linalgOp.getMatchingIndexingMap(linalgOp.getDpsInitOperand(0));
  if (!result.isPermutation())
    return false;
  return llvm::all_of(linalgOp.getIndexingMapsArray(), [&](AffineMap map) {
    return map == result || isBroadcastOf(map, result);
  });
}

bool isRowReduction(Operation *op) {
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!linalgOp || op->getNumResults() != 1 ||
      linalgOp.getNumDpsInputs() != 1 || !linalgOp.getNumReductionLoops())
    return false;
  return linalgOp.getMatchingIndexingMap(linalgOp.getDpsInputOperand(0))
      .isPermutation();
}

bool isUnread(OpOperand &use) {
  auto user = cast<linalg::LinalgOp>(use.getOwner());
  return user.isDpsInit(&use) && !user.payloadUsesValueFromOperand(&use);
}

bool readsInPlace(linalg::LinalgOp op, Value value) {
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    return operand.get() != value || isUnread(operand) ||
           (!op.isDpsInit(&operand) &&
            op.getMatchingIndexingMap(&operand) == result);
  });
}

SmallVector<OpOperand *> storedOperands(linalg::GenericOp op) {
  SmallVector<OpOperand *> found;
  Operation *last = nullptr;
  for (OpOperand *use : op.getDpsInputOperands()) {
    auto anchor = use->get().getDefiningOp<linalg::LinalgOp>();
    if (!anchor || anchor->getBlock() != op->getBlock() ||
        anchor->getNumResults() != 1 || anchor.getNumReductionLoops() == 0 ||
        !readsInPlace(op, use->get()))
      continue;
    found.push_back(use);
    if (!last || last->isBeforeInBlock(anchor))
      last = anchor;
  }
  llvm::erase_if(found, [&](OpOperand *use) {
    return use->get().getDefiningOp() == last;
  });
  return found;
}

bool isContiguous(tensor::ExtractSliceOp op) {
  if (!op.hasUnitStride())
    return false;
  bool partial = false;
  for (int64_t d = op.getSourceType().getRank() - 1; d >= 0; --d) {
    if (partial && op.getStaticSizes()[d] != 1)
      return false;
    partial |= op.getStaticSizes()[d] != op.getSourceType().getDimSize(d);
  }
  return true;
}

} // namespace convopt
