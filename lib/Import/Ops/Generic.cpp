#include "Generic.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

Operand::Operand(Node &node, size_t i) : constant(node.constant(i)) {
  if (!constant)
    value = node.input(i);
}

Value createEmpty(Node &node, ArrayRef<int64_t> shape, Type element) {
  return node.builder.create<tensor::EmptyOp>(node.loc, shape, element);
}

Value createFilled(Node &node, ArrayRef<int64_t> shape, TypedAttr value) {
  Value scalar = node.builder.create<arith::ConstantOp>(node.loc, value);
  Value empty = createEmpty(node, shape, value.getType());
  return node.builder.create<linalg::FillOp>(node.loc, scalar, empty)
      .getResult(0);
}

/// Where an operand of shape `from` is read for each element of `to`.
static AffineMap broadcastMap(ArrayRef<int64_t> from, ArrayRef<int64_t> to,
                              MLIRContext *context) {
  size_t offset = to.size() - from.size();
  SmallVector<AffineExpr> exprs;
  for (auto [i, dim] : llvm::enumerate(from))
    exprs.push_back(dim == 1 && to[i + offset] != 1
                        ? getAffineConstantExpr(0, context)
                        : getAffineDimExpr(i + offset, context));
  return AffineMap::get(to.size(), 0, exprs, context);
}

/// A constant needs no dimensions of size one: a per-channel vector is seen
/// as one.
static std::pair<Value, AffineMap>
readConstant(Node &node, const Constant &constant, ArrayRef<int64_t> to) {
  MLIRContext *context = node.builder.getContext();
  size_t offset = to.size() - constant.shape().size();
  Shape shape;
  SmallVector<AffineExpr> exprs;
  bool whole = constant.shape() == to;
  for (auto [i, dim] : llvm::enumerate(constant.shape())) {
    if (dim == 1 && !whole)
      continue;
    shape.push_back(dim);
    exprs.push_back(getAffineDimExpr(i + offset, context));
  }
  return {node.materialise(constant.reshaped(shape)),
          AffineMap::get(to.size(), 0, exprs, context)};
}

static Value splatScalar(OpBuilder &builder, Location loc,
                         const Constant &constant) {
  Scalar scalar(builder, loc, constant.kind());
  if (isFloat(constant.kind()))
    return scalar.constant(constant.doubleAt(0));
  return scalar.intConstant(constant.intAt(0));
}

static SmallVector<utils::IteratorType> parallelLoops(size_t rank) {
  return SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel);
}

Value elementwise(Node &node, ArrayRef<Operand> operands,
                  ArrayRef<int64_t> shape, ElementKind kind, ScalarBody body,
                  std::optional<ElementKind> operandKind) {
  OpBuilder &builder = node.builder;
  MLIRContext *context = builder.getContext();
  const bool fits = llvm::all_of(operands, [&](const Operand &operand) {
    return broadcastsTo(operand.constant ? operand.constant->shape()
                                         : shapeOf(operand.value),
                        shape);
  });
  if (!fits)
    node.refuse("an operand's shape does not fit the others");
  if (!fits || *countElements(shape) == 0)
    return createEmpty(node, shape, toMlirType(kind, context));
  SmallVector<Value> tensors;
  SmallVector<AffineMap> maps;
  for (const Operand &operand : operands) {
    if (!operand.constant) {
      tensors.push_back(operand.value);
      maps.push_back(broadcastMap(shapeOf(operand.value), shape, context));
    } else if (!operand.constant->isSplat()) {
      auto [value, map] = readConstant(node, *operand.constant, shape);
      tensors.push_back(value);
      maps.push_back(map);
    }
  }
  maps.push_back(builder.getMultiDimIdentityMap(shape.size()));
  Value empty = createEmpty(node, shape, toMlirType(kind, context));
  auto build = [&](OpBuilder &inner, Location loc, ValueRange arguments) {
    SmallVector<Value> scalars;
    size_t next = 0;
    for (const Operand &operand : operands)
      scalars.push_back(operand.constant && operand.constant->isSplat()
                            ? splatScalar(inner, loc, *operand.constant)
                            : arguments[next++]);
    Scalar scalar(inner, loc, operandKind.value_or(kind));
    Value result = body(scalar, scalars);
    inner.create<linalg::YieldOp>(loc, result);
  };
  return builder
      .create<linalg::GenericOp>(node.loc, empty.getType(), tensors, empty,
                                 maps, parallelLoops(shape.size()), build)
      .getResult(0);
}

Error importElementwise(Node &node, ScalarBody body) {
  SmallVector<Operand> operands;
  for (size_t i = 0; i < node.numInputs(); ++i)
    operands.push_back(Operand(node, i));
  Value result = elementwise(node, operands, node.outputShape(0),
                             node.outputKind(0), body, node.inputKind(0));
  return node.setOutput(0, result);
}

Value generate(Node &node, ArrayRef<int64_t> shape, ElementKind kind,
               llvm::function_ref<Value(Scalar &, ArrayRef<Value>)> body) {
  OpBuilder &builder = node.builder;
  Value empty =
      createEmpty(node, shape, toMlirType(kind, builder.getContext()));
  auto build = [&](OpBuilder &inner, Location loc, ValueRange) {
    SmallVector<Value> at;
    for (size_t i = 0; i < shape.size(); ++i)
      at.push_back(inner.create<linalg::IndexOp>(loc, i));
    Scalar scalar(inner, loc, kind);
    Value result = body(scalar, at);
    inner.create<linalg::YieldOp>(loc, result);
  };
  return builder
      .create<linalg::GenericOp>(node.loc, empty.getType(), ValueRange(), empty,
                                 builder.getMultiDimIdentityMap(shape.size()),
                                 parallelLoops(shape.size()), build)
      .getResult(0);
}

Value reduce(
    Node &node, Value input, ArrayRef<int64_t> axes, ElementKind kind,
    TypedAttr init,
    llvm::function_ref<Value(Scalar &, Value element, Value sum)> combine) {
  OpBuilder &builder = node.builder;
  MLIRContext *context = builder.getContext();
  ArrayRef<int64_t> shape = shapeOf(input);
  SmallVector<utils::IteratorType> loops = parallelLoops(shape.size());
  SmallVector<AffineExpr> kept;
  Shape resultShape;
  for (auto [i, dim] : llvm::enumerate(shape)) {
    if (llvm::is_contained(axes, static_cast<int64_t>(i))) {
      loops[i] = utils::IteratorType::reduction;
    } else {
      kept.push_back(getAffineDimExpr(i, context));
      resultShape.push_back(dim);
    }
  }
  Value start = createFilled(node, resultShape, init);
  if (*countElements(shape) == 0)
    return start;
  AffineMap maps[] = {builder.getMultiDimIdentityMap(shape.size()),
                      AffineMap::get(shape.size(), 0, kept, context)};
  auto build = [&](OpBuilder &inner, Location loc, ValueRange arguments) {
    Scalar scalar(inner, loc, kind);
    Value result = combine(scalar, arguments[0], arguments[1]);
    inner.create<linalg::YieldOp>(loc, result);
  };
  return builder
      .create<linalg::GenericOp>(node.loc, start.getType(), input, start, maps,
                                 loops, build)
      .getResult(0);
}

Value sumOver(
    Node &node, ArrayRef<int64_t> shape, ArrayRef<int64_t> window,
    ElementKind kind,
    llvm::function_ref<Value(Scalar &, ArrayRef<Value>, ArrayRef<Value>)>
        term) {
  OpBuilder &builder = node.builder;
  MLIRContext *context = builder.getContext();
  size_t outer = shape.size(), count = outer + window.size();
  SmallVector<AffineExpr> result, inner;
  for (size_t i = 0; i < count; ++i)
    (i < outer ? result : inner).push_back(getAffineDimExpr(i, context));
  SmallVector<utils::IteratorType> loops(count, utils::IteratorType::reduction);
  std::fill_n(loops.begin(), outer, utils::IteratorType::parallel);
  Scalar scalar(builder, node.loc, kind);
  Value init = createFilled(node, shape, scalar.attribute(0));
  // Never read: it says how long the loops are.
  Value extents = createEmpty(node, window, scalar.type());
  auto build = [&](OpBuilder &body, Location loc, ValueRange arguments) {
    Scalar s(body, loc, kind);
    SmallVector<Value> at;
    for (size_t i = 0; i < count; ++i)
      at.push_back(body.create<linalg::IndexOp>(loc, i));
    Value value =
        term(s, ArrayRef(at).take_front(outer), ArrayRef(at).drop_front(outer));
    Value sum = s.add(arguments[1], value);
    body.create<linalg::YieldOp>(loc, sum);
  };
  AffineMap maps[] = {AffineMap::get(count, 0, inner, context),
                      AffineMap::get(count, 0, result, context)};
  return builder
      .create<linalg::GenericOp>(node.loc, init.getType(), extents, init, maps,
                                 loops, build)
      .getResult(0);
}

Value sumOfProducts(Node &node, Value a, Value b, Value init,
                    ArrayRef<AffineMap> maps,
                    ArrayRef<utils::IteratorType> loops) {
  auto build = [&](OpBuilder &inner, Location loc, ValueRange arguments) {
    Scalar scalar(inner, loc, node.outputKind(0));
    Value product = scalar.mul(arguments[0], arguments[1]);
    Value sum = scalar.add(arguments[2], product);
    inner.create<linalg::YieldOp>(loc, sum);
  };
  return node.builder
      .create<linalg::GenericOp>(node.loc, init.getType(), ValueRange{a, b},
                                 init, maps, loops, build)
      .getResult(0);
}

} // namespace convopt
