// A structured operation says where it reads and writes by one indexing map an
// operand. To read a tensor whose dimensions stand in another order is to
// permute the results of that operand's map; the arithmetic stays as it is. The
// loops are renumbered too, those of the result's dimensions first and in their
// order, since whoever makes loops of this will write the result in the order
// of the loops. What the body knows of loops by number (linalg.index) and of
// tensors by dimension (tensor.extract) follows.

#include "PermuteOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace convopt {

/// Loops in the order in which the result is stored, then the others: the
/// result is written row by row.
static SmallVector<unsigned> loopOrder(AffineMap resultMap) {
  SmallVector<unsigned> order;
  for (AffineExpr expr : resultMap.getResults())
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      if (!llvm::is_contained(order, dim.getPosition()))
        order.push_back(dim.getPosition());
  for (unsigned loop = 0; loop < resultMap.getNumDims(); ++loop)
    if (!llvm::is_contained(order, loop))
      order.push_back(loop);
  return order;
}

static AffineMap permutedMap(AffineMap map, ArrayRef<int64_t> order) {
  SmallVector<AffineExpr> results;
  for (int64_t dim : order)
    results.push_back(map.getResult(dim));
  return AffineMap::get(map.getNumDims(), 0, results, map.getContext());
}

/// The body speaks of loops by number and of outer tensors by dimension.
static void adaptBody(Block &body, ArrayRef<unsigned> newLoops,
                      const PermuteRequest &request, IRMapping &mapping) {
  body.walk([&](linalg::IndexOp index) {
    if (index->getBlock() == &body)
      index.setDim(newLoops[index.getDim()]);
  });
  for (auto [operand, value, order] :
       llvm::zip_equal(layoutOperands(request.op), request.operands,
                       request.operandOrders)) {
    if (!request.op->isProperAncestor(operand->getOwner()))
      continue;
    Operation *reader = mapping.lookup(operand->getOwner());
    reader->setOperand(operand->getOperandNumber(), value);
    if (auto extract = dyn_cast<tensor::ExtractOp>(reader)) {
      SmallVector<Value> indices;
      for (int64_t dim : order)
        indices.push_back(extract.getIndices()[dim]);
      extract.getIndicesMutable().assign(indices);
    }
  }
}

SmallVector<Value> createPermutedLinalg(OpBuilder &builder,
                                        const PermuteRequest &request) {
  auto op = cast<linalg::LinalgOp>(request.op);
  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  unsigned next = 0;
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    if (!isa<RankedTensorType>(operand.get().getType())) {
      operands.push_back(operand.get());
      maps.push_back(map);
      continue;
    }
    operands.push_back(request.operands[next]);
    maps.push_back(permutedMap(map, request.operandOrders[next]));
    ++next;
  }

  SmallVector<unsigned> order = loopOrder(maps.back()), newLoops(order.size());
  SmallVector<AffineExpr> renamed(order.size());
  SmallVector<utils::IteratorType> iterators;
  for (auto [i, loop] : llvm::enumerate(order)) {
    newLoops[loop] = i;
    renamed[loop] = builder.getAffineDimExpr(i);
    iterators.push_back(op.getIteratorTypesArray()[loop]);
  }
  for (AffineMap &map : maps)
    map = map.replaceDimsAndSymbols(renamed, {}, order.size(), 0);

  ValueRange all(operands);
  ValueRange inputs = all.take_front(op.getNumDpsInputs());
  ValueRange inits = all.drop_front(op.getNumDpsInputs());
  auto generic = builder.create<linalg::GenericOp>(
      op.getLoc(), TypeRange(inits), inputs, inits, maps, iterators);
  IRMapping mapping;
  op->getRegion(0).cloneInto(&generic.getRegion(), mapping);
  Block &body = generic.getRegion().front();
  while (body.getNumArguments() < operands.size()) // linalg.map has no result.
    body.addArgument(getElementTypeOrSelf(operands[body.getNumArguments()]),
                     op.getLoc());
  adaptBody(body, newLoops, request, mapping);
  for (NamedAttribute attr : op->getDiscardableAttrs())
    if (attr.getNameDialect() != op->getDialect())
      generic->setAttr(attr.getName(), attr.getValue());
  return SmallVector<Value>(generic->getResults());
}

} // namespace convopt
