#include "Pool.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// The index in the flattened input of the element that a window sees; `at`
/// are the loops n, c, outputs..., kernel....
static Value flatIndex(Scalar &s, const Node &node, const Window &window,
                       ArrayRef<Value> at) {
  auto number = [&](int64_t value) -> Value {
    return s.builder.create<arith::ConstantIndexOp>(s.loc, value);
  };
  auto add = [&](Value a, Value b) -> Value {
    return s.builder.create<arith::AddIOp>(s.loc, a, b);
  };
  auto scale = [&](Value a, int64_t factor) -> Value {
    return s.builder.create<arith::MulIOp>(s.loc, a, number(factor));
  };
  size_t spatial = window.rank();
  ArrayRef<int64_t> shape = node.inputShape(0);
  Value flat = add(scale(at[0], shape[1]), at[1]);
  // Column major: the last spatial dimension is the slowest of an image.
  bool columns = node.getInt("storage_order", 0) != 0;
  for (size_t step = 0; step < spatial; ++step) {
    size_t i = columns ? spatial - 1 - step : step;
    Value place = add(scale(at[2 + i], window.strides[i]),
                      scale(at[2 + spatial + i], window.dilations[i]));
    place = add(place, number(-window.low[i]));
    flat = add(scale(flat, shape[2 + i]), place);
  }
  return s.builder.create<arith::IndexCastOp>(s.loc, s.builder.getI64Type(),
                                              flat);
}

Error importMaxPoolWithIndices(Node &node, const Window &window) {
  OpBuilder &builder = node.builder;
  MLIRContext *context = builder.getContext();
  ElementKind kind = node.outputKind(0);
  Scalar outer(builder, node.loc, kind);
  size_t spatial = window.rank(), loops = 2 + 2 * spatial;
  auto dim = [&](size_t i) { return getAffineDimExpr(i, context); };
  SmallVector<AffineExpr> imageMap{dim(0), dim(1)}, windowMap,
      resultMap{dim(0), dim(1)};
  for (size_t i = 0; i < spatial; ++i) {
    imageMap.push_back(dim(2 + i) * window.strides[i] +
                       dim(2 + spatial + i) * window.dilations[i]);
    windowMap.push_back(dim(2 + spatial + i));
    resultMap.push_back(dim(2 + i));
  }
  SmallVector<utils::IteratorType> iterators(loops,
                                             utils::IteratorType::reduction);
  std::fill_n(iterators.begin(), 2 + spatial, utils::IteratorType::parallel);
  AffineMap result = AffineMap::get(loops, 0, resultMap, context);
  AffineMap maps[] = {AffineMap::get(loops, 0, imageMap, context),
                      AffineMap::get(loops, 0, windowMap, context), result,
                      result};

  Value image = padImage(node, window, node.input(0), outer.lowest());
  Value inputs[] = {image, createEmpty(node, window.kernel, outer.type())};
  Value inits[] = {
      createFilled(node, node.outputShape(0), outer.lowest()),
      createFilled(node, node.outputShape(0), builder.getI64IntegerAttr(0))};
  Type types[] = {inits[0].getType(), inits[1].getType()};
  auto body = [&](OpBuilder &inner, Location loc, ValueRange arguments) {
    Scalar s(inner, loc, kind);
    SmallVector<Value> at;
    for (size_t i = 0; i < loops; ++i)
      at.push_back(inner.create<linalg::IndexOp>(loc, i));
    // The first of equal maxima; padding is never greater.
    Value greater = s.less(arguments[2], arguments[0]);
    Value most = s.select(greater, arguments[0], arguments[2]);
    Value place =
        s.select(greater, flatIndex(s, node, window, at), arguments[3]);
    inner.create<linalg::YieldOp>(loc, ValueRange{most, place});
  };
  auto pooled = builder.create<linalg::GenericOp>(
      node.loc, TypeRange(types), ValueRange(inputs), ValueRange(inits), maps,
      iterators, body);
  if (node.hasOutput(0))
    if (Error error = node.setOutput(0, pooled.getResult(0)))
      return error;
  return node.setOutput(1, pooled.getResult(1));
}

} // namespace convopt
