// The parts of Generic.h that move elements instead of computing them.
#include "Generic.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;

namespace convopt {

/// The dimensions of two shapes of as many elements in the smallest groups
/// that hold as many elements each: 2x3x4 and 6x2x2 give {0,1},{2} and
/// {0},{1,2}.
static std::pair<SmallVector<ReassociationIndices>,
                 SmallVector<ReassociationIndices>>
groupDims(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  SmallVector<ReassociationIndices> fromGroups, toGroups;
  size_t i = 0, j = 0;
  while (i < from.size() && j < to.size()) {
    ReassociationIndices a{static_cast<int64_t>(i)};
    ReassociationIndices b{static_cast<int64_t>(j)};
    int64_t left = from[i++], right = to[j++];
    while (left != right) {
      if (left < right) {
        a.push_back(static_cast<int64_t>(i));
        left *= from[i++];
      } else {
        b.push_back(static_cast<int64_t>(j));
        right *= to[j++];
      }
    }
    fromGroups.push_back(a);
    toGroups.push_back(b);
  }
  // What is left are ones.
  for (; i < from.size(); ++i)
    fromGroups.back().push_back(static_cast<int64_t>(i));
  for (; j < to.size(); ++j)
    toGroups.back().push_back(static_cast<int64_t>(j));
  return {fromGroups, toGroups};
}

Value reshape(Node &node, Value value, ArrayRef<int64_t> shape) {
  OpBuilder &builder = node.builder;
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  auto resultType = RankedTensorType::get(shape, type.getElementType());
  const bool fits = countElements(shape) == type.getNumElements();
  if (!fits)
    node.refuse("an operand has another number of elements than it must have");
  if (!fits || type.getNumElements() == 0)
    return createEmpty(node, shape, type.getElementType());
  // A scalar stands for any number of ones.
  SmallVector<ReassociationIndices> from, to;
  if (type.getRank() && !shape.empty())
    std::tie(from, to) = groupDims(type.getShape(), shape);

  Shape middle;
  for (const ReassociationIndices &group : from) {
    int64_t size = 1;
    for (int64_t dim : group)
      size *= type.getDimSize(dim);
    middle.push_back(size);
  }
  if (type.getShape() != ArrayRef<int64_t>(middle))
    value = builder.create<tensor::CollapseShapeOp>(
        node.loc, RankedTensorType::get(middle, type.getElementType()), value,
        from);
  if (ArrayRef<int64_t>(middle) != shape)
    value =
        builder.create<tensor::ExpandShapeOp>(node.loc, resultType, value, to);
  return value;
}

Value reshapedInput(Node &node, size_t i, ArrayRef<int64_t> shape) {
  const Constant *constant = node.constant(i);
  if (constant && constant->shape() != shape &&
      constant->size() == countElements(shape))
    return node.materialise(constant->reshaped(shape));
  return reshape(node, node.input(i), shape);
}

Value transpose(Node &node, Value value, ArrayRef<int64_t> perm) {
  if (llvm::is_sorted(perm))
    return value;
  auto type = cast<RankedTensorType>(value.getType());
  Shape shape;
  for (int64_t from : perm)
    shape.push_back(type.getDimSize(from));
  Value empty = createEmpty(node, shape, type.getElementType());
  return node.builder.create<linalg::TransposeOp>(node.loc, value, empty, perm)
      ->getResult(0);
}

static SmallVector<OpFoldResult> indexAttributes(OpBuilder &builder,
                                                 ArrayRef<int64_t> values) {
  SmallVector<OpFoldResult> result;
  for (int64_t value : values)
    result.push_back(builder.getIndexAttr(value));
  return result;
}

static bool isNothing(ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  auto isZero = [](int64_t amount) { return amount == 0; };
  return llvm::all_of(low, isZero) && llvm::all_of(high, isZero);
}

Value pad(Node &node, Value value, ArrayRef<int64_t> low,
          ArrayRef<int64_t> high, Value filler) {
  if (isNothing(low, high))
    return value;
  auto type = cast<RankedTensorType>(value.getType());
  Shape shape;
  for (auto [dim, before, after] : llvm::zip(type.getShape(), low, high))
    shape.push_back(dim + before + after);
  return node.builder.create<tensor::PadOp>(
      node.loc, RankedTensorType::get(shape, type.getElementType()), value,
      indexAttributes(node.builder, low), indexAttributes(node.builder, high),
      filler);
}

Value pad(Node &node, Value value, ArrayRef<int64_t> low,
          ArrayRef<int64_t> high, TypedAttr filler) {
  if (isNothing(low, high))
    return value;
  Value scalar = node.builder.create<arith::ConstantOp>(node.loc, filler);
  return pad(node, value, low, high, scalar);
}

Value slice(Node &node, Value value, ArrayRef<int64_t> offsets,
            ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  SmallVector<int64_t> ones(sizes.size(), 1);
  if (strides.empty())
    strides = ones;
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == sizes)
    return value;
  return node.builder.create<tensor::ExtractSliceOp>(
      node.loc, RankedTensorType::get(sizes, type.getElementType()), value,
      indexAttributes(node.builder, offsets),
      indexAttributes(node.builder, sizes),
      indexAttributes(node.builder, strides));
}

} // namespace convopt
