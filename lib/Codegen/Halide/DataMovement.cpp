// Elements of tensors that are put together from others: the value of an
// element is chosen by its index. `likely` makes Halide split the loops, so
// that their middle part has no choice left.
#include "BodyTranslator.h"
#include "ScalarOps.h"
#include "SharedExprs.h"
#include "convopt/IR/Constants.h"

using namespace mlir;
using Halide::Expr;
namespace H = Halide;

namespace convopt {

Expr linearise(ArrayRef<int64_t> shape, const Index &index) {
  Expr position = 0;
  for (auto [extent, i] : llvm::zip_equal(shape, index))
    position = position * static_cast<int32_t>(extent) + i;
  return simplifyShared(position);
}

Index delinearise(ArrayRef<int64_t> shape, Expr position) {
  Index index(shape.size(), 0);
  size_t outermost = 0; // The outermost that is not 0 alone: what is left.
  while (outermost < shape.size() && shape[outermost] == 1)
    ++outermost;
  for (size_t d = shape.size(); d-- > outermost;) {
    int32_t extent = shape[d];
    index[d] =
        d == outermost ? position : H::Internal::simplify(position % extent);
    position = H::Internal::simplify(position / extent);
  }
  return index;
}

Expr BodyTranslator::computeReshape(Operation *op, const Index &index) {
  Value source = op->getOperand(0);
  auto collapse = dyn_cast<tensor::CollapseShapeOp>(op);
  auto groups = collapse
                    ? collapse.getReassociationIndices()
                    : cast<tensor::ExpandShapeOp>(op).getReassociationIndices();
  ArrayRef<int64_t> wide = shapeOf(collapse ? source : op->getResult(0));
  Index result;
  for (auto [g, group] : llvm::enumerate(groups)) {
    ArrayRef<int64_t> shape = wide.slice(group.front(), group.size());
    if (collapse)
      llvm::append_range(result, delinearise(shape, index[g]));
    else
      result.push_back(
          linearise(shape, Index(index.begin() + group.front(),
                                 index.begin() + group.back() + 1)));
  }
  if (groups.empty()) // Of one element, to or from rank 0.
    result.assign(shapeOf(source).size(), 0);
  return at(source, result);
}

/// Whether `offset` <= i < `offset` + `extent` of a dimension of `whole`.
static Expr isWithin(Expr i, int64_t offset, int64_t extent, int64_t whole) {
  Expr inside = H::Internal::const_true();
  if (offset > 0)
    inside = i >= static_cast<int32_t>(offset);
  if (offset + extent < whole)
    inside = inside && i < static_cast<int32_t>(offset + extent);
  return inside;
}

/// i - offset, kept within a dimension where the condition does not hold.
static Expr clampedInto(Expr i, int64_t offset, int64_t extent, int64_t whole) {
  if (offset == 0 && extent == whole)
    return i;
  return H::clamp(H::likely(i - static_cast<int32_t>(offset)), 0,
                  static_cast<int32_t>(extent) - 1);
}

Expr BodyTranslator::computePad(tensor::PadOp op, const Index &index) {
  Expr inside = H::Internal::const_true();
  Index source;
  ArrayRef<int64_t> extents = shapeOf(op.getSource());
  ArrayRef<int64_t> whole = shapeOf(op.getResult());
  for (size_t d = 0; d < index.size(); ++d) {
    int64_t low = op.getStaticLow()[d];
    inside = inside && isWithin(index[d], low, extents[d], whole[d]);
    source.push_back(clampedInto(index[d], low, extents[d], whole[d]));
  }
  Expr padding = scalar(op.getConstantPaddingValue());
  return H::select(inside, at(op.getSource(), source), padding);
}

Expr BodyTranslator::computeConcat(tensor::ConcatOp op, const Index &index) {
  unsigned d = op.getDim();
  int64_t whole = shapeOf(op.getResult())[d], offset = whole;
  Expr result;
  for (Value piece : llvm::reverse(op.getInputs())) {
    int64_t extent = shapeOf(piece)[d];
    offset -= extent;
    Index source = index;
    source[d] = clampedInto(index[d], offset, extent, whole);
    Expr element = at(piece, source);
    result = result.defined()
                 ? H::select(index[d] < static_cast<int32_t>(offset + extent),
                             element, result)
                 : element;
  }
  return result;
}

Expr BodyTranslator::computeInsert(tensor::InsertSliceOp op,
                                   const Index &index) {
  Expr inside = H::Internal::const_true();
  Index source;
  ArrayRef<int64_t> whole = shapeOf(op.getDest());
  llvm::SmallBitVector dropped = op.getDroppedDims();
  for (size_t d = 0; d < index.size(); ++d) {
    int64_t offset = op.getStaticOffset(d), size = op.getStaticSize(d);
    int32_t stride = op.getStaticStride(d);
    int64_t span = (size - 1) * stride + 1;
    inside = inside && isWithin(index[d], offset, span, whole[d]);
    Expr i = clampedInto(index[d], offset, span, whole[d]);
    if (stride > 1) {
      inside = inside && i % stride == 0;
      i = i / stride;
    }
    if (!dropped[d])
      source.push_back(i);
  }
  return H::select(inside, at(op.getSource(), source), at(op.getDest(), index));
}

} // namespace convopt
