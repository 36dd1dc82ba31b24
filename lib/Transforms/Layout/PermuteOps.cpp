// What each kind of operation becomes when its operands and results are stored
// in another order. Nearly all permute a list of one entry a dimension: sizes,
// offsets, padding. Three do better. A permutation that only moves dimensions
// of one element is a reshape and copies nothing. A constant is permuted now,
// its bytes moved whatever their type. And a transposition of the program is
// composed with those of its operand and result: what is left may be nothing.

#include "PermuteOps.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace convopt {

RankedTensorType permuted(Type type, ArrayRef<int64_t> order) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape;
  for (int64_t dim : order)
    shape.push_back(tensor.getDimSize(dim));
  return tensor.clone(shape);
}

Value createReshape(OpBuilder &builder, Location loc, Value value,
                    RankedTensorType type) {
  auto from = cast<RankedTensorType>(value.getType());
  if (from == type)
    return value;
  if (auto groups = getReassociationIndicesForReshape(from, type);
      groups && from.getRank() != type.getRank()) {
    if (from.getRank() > type.getRank())
      return builder.create<tensor::CollapseShapeOp>(loc, type, value, *groups);
    return builder.create<tensor::ExpandShapeOp>(loc, type, value, *groups);
  }
  // Through one dimension: what is left are ones that change places.
  auto all = [](RankedTensorType t) {
    return SmallVector<ReassociationIndices>{
        llvm::to_vector<2>(llvm::seq<int64_t>(t.getRank()))};
  };
  auto flat = from.clone({from.getNumElements()});
  Value line =
      builder.create<tensor::CollapseShapeOp>(loc, flat, value, all(from));
  return builder.create<tensor::ExpandShapeOp>(loc, type, line, all(type));
}

Value createTranspose(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<int64_t> permutation) {
  auto from = cast<RankedTensorType>(value.getType());
  RankedTensorType type = permuted(from, permutation);
  if (!movesElements(permutation, from.getShape()))
    return createReshape(builder, loc, value, type);
  Value init = builder.create<tensor::EmptyOp>(loc, type.getShape(),
                                               type.getElementType());
  return builder.create<linalg::TransposeOp>(loc, value, init, permutation)
      ->getResult(0);
}

/// Row-major `from` with elements of `width` bytes, its dimensions reordered.
static std::vector<char> transposeBytes(ArrayRef<char> from, size_t width,
                                        ArrayRef<int64_t> shape,
                                        ArrayRef<int64_t> order) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t d = static_cast<int64_t>(shape.size()) - 2; d >= 0; --d)
    strides[d] = strides[d + 1] * shape[d + 1];
  std::vector<char> to;
  to.reserve(from.size());
  SmallVector<int64_t> index(shape.size(), 0);
  for (size_t count = from.size() / width; count > 0; --count) {
    int64_t position = 0;
    for (auto [i, dim] : llvm::enumerate(order))
      position += index[i] * strides[dim];
    const char *element = from.data() + position * width;
    to.insert(to.end(), element, element + width);
    for (int64_t i = static_cast<int64_t>(order.size()) - 1; i >= 0; --i) {
      if (++index[i] < shape[order[i]])
        break;
      index[i] = 0;
    }
  }
  return to;
}

static Value createConstantIn(OpBuilder &builder, Value value,
                              ArrayRef<int64_t> order) {
  ElementsAttr attr;
  if (!matchPattern(value, m_Constant(&attr)))
    return createTranspose(builder, value.getLoc(), value, order);
  RankedTensorType type = permuted(value.getType(), order);
  auto shape = cast<RankedTensorType>(value.getType()).getShape();
  if (auto dense = dyn_cast<DenseElementsAttr>(attr); dense && dense.isSplat())
    return builder.create<arith::ConstantOp>(value.getLoc(), type,
                                             dense.resizeSplat(type));
  ArrayRef<char> bytes = getRawBytes(attr);
  if (bytes.empty())
    return createTranspose(builder, value.getLoc(), value, order);
  std::vector<char> moved =
      transposeBytes(bytes, bytes.size() / type.getNumElements(), shape, order);
  if (!isa<DenseResourceElementsAttr>(attr))
    return builder.create<arith::ConstantOp>(
        value.getLoc(), type, DenseElementsAttr::getFromRawBuffer(type, moved));
  StringRef name =
      cast<DenseResourceElementsAttr>(attr).getRawHandle().getKey();
  AsmResourceBlob blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(
      moved, /*align=*/64, /*dataIsMutable=*/false);
  return builder.create<arith::ConstantOp>(
      value.getLoc(), type,
      DenseResourceElementsAttr::get(type, name, std::move(blob)));
}

static Value createEmpty(OpBuilder &builder, Location loc,
                         RankedTensorType type) {
  return builder.create<tensor::EmptyOp>(loc, type.getShape(),
                                         type.getElementType());
}

Value createFree(OpBuilder &builder, Value value, ArrayRef<int64_t> order) {
  Operation *op = value.getDefiningOp();
  Location loc = value.getLoc();
  RankedTensorType type = permuted(value.getType(), order);
  if (isa<tensor::EmptyOp>(op))
    return createEmpty(builder, loc, type);
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    return builder
        .create<linalg::FillOp>(loc, fill.getInputs(),
                                createEmpty(builder, loc, type))
        .getResult(0);
  if (auto broadcast = dyn_cast<linalg::BroadcastOp>(op)) {
    SmallVector<int64_t> added;
    for (auto [position, dim] : llvm::enumerate(order))
      if (llvm::is_contained(broadcast.getDimensions(), dim))
        added.push_back(position);
    return builder
        .create<linalg::BroadcastOp>(loc, broadcast.getInput(),
                                     createEmpty(builder, loc, type), added)
        ->getResult(0);
  }
  return createConstantIn(builder, value, order);
}

template <typename T>
static SmallVector<T> reorder(ArrayRef<T> values, ArrayRef<int64_t> order) {
  SmallVector<T> result;
  for (int64_t dim : order)
    result.push_back(values[dim]);
  return result;
}

static Value createPad(OpBuilder &builder, tensor::PadOp pad, Value source,
                       ArrayRef<int64_t> order) {
  Value value = pad.getConstantPaddingValue();
  if (value.getParentBlock() == &pad.getRegion().front())
    value = builder.clone(*value.getDefiningOp())->getResult(0);
  return builder.create<tensor::PadOp>(
      pad.getLoc(), permuted(pad.getType(), order), source,
      reorder<OpFoldResult>(pad.getMixedLowPad(), order),
      reorder<OpFoldResult>(pad.getMixedHighPad(), order), value,
      pad.getNofold());
}

static Value createTransposeOf(OpBuilder &builder, linalg::TransposeOp op,
                               const PermuteRequest &request) {
  Permutation target;
  for (int64_t dim : request.resultOrders[0])
    target.push_back(op.getPermutation()[dim]);
  return createTranspose(builder, op.getLoc(), request.operands[0],
                         between(request.operandOrders[0], target));
}

SmallVector<Value> createPermuted(OpBuilder &builder,
                                  const PermuteRequest &request) {
  Operation *op = request.op;
  Location loc = op->getLoc();
  const Permutation &order = request.resultOrders[0];
  RankedTensorType type = permuted(op->getResult(0).getType(), order);
  ArrayRef<Value> operands = request.operands;

  if (auto transpose = dyn_cast<linalg::TransposeOp>(op))
    return {createTransposeOf(builder, transpose, request)};
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
    std::optional<ConvOp> conv = matchConvolution(linalgOp);
    if (!conv || !conv->pad)
      return createPermutedLinalg(builder, request);
    PermuteRequest padded = request;
    padded.operands[0] = createPad(builder, conv->pad, request.operands[0],
                                   request.operandOrders[0]);
    return createPermutedLinalg(builder, padded);
  }
  if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op))
    return {createReshape(builder, loc, operands[0], type)};
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return {createPad(builder, pad, operands[0], order)};
  if (auto concat = dyn_cast<tensor::ConcatOp>(op)) {
    int64_t dim = llvm::find(order, static_cast<int64_t>(concat.getDim())) -
                  order.begin();
    return {builder.create<tensor::ConcatOp>(loc, type, dim, operands)};
  }
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    return {builder.create<tensor::ExtractSliceOp>(
        loc, type, operands[0],
        reorder<OpFoldResult>(slice.getMixedOffsets(), order),
        reorder<OpFoldResult>(slice.getMixedSizes(), order),
        reorder<OpFoldResult>(slice.getMixedStrides(), order))};
  if (auto slice = dyn_cast<tensor::InsertSliceOp>(op))
    return {builder.create<tensor::InsertSliceOp>(
        loc, operands[0], operands[1],
        reorder<OpFoldResult>(slice.getMixedOffsets(), order),
        reorder<OpFoldResult>(slice.getMixedSizes(), order),
        reorder<OpFoldResult>(slice.getMixedStrides(), order))};
  // Element-wise arithmetic on whole tensors.
  OperationState state(loc, op->getName(), operands,
                       {type.clone(getElementTypeOrSelf(op->getResult(0)))},
                       op->getAttrs());
  return {builder.create(state)->getResult(0)};
}

} // namespace convopt
