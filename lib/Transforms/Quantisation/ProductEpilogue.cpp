// What a filter says along its own dimensions (a correction for zero points, a
// scale) is read from the places of the product's result, where the loops of
// these dimensions have others.

#include "ProductEpilogue.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {

void ProductEpilogue::add(const Numbers &numbers, Type type, Value &constant) {
  if (llvm::all_equal(numbers.values)) {
    double value = numbers.values.front();
    constant = builder.create<arith::ConstantOp>(
        loc, type.isF32()
                 ? TypedAttr(builder.getF32FloatAttr(static_cast<float>(value)))
                 : builder.getI32IntegerAttr(static_cast<int32_t>(value)));
    return;
  }
  AffineMap filter = op.getIndexingMapsArray()[1],
            result = op.getIndexingMapsArray().back();
  auto filterType = cast<RankedTensorType>(op->getOperand(1).getType());
  SmallVector<int64_t> shape;
  SmallVector<AffineExpr> exprs;
  for (int64_t dim : numbers.dims) {
    AffineExpr loop = filter.getResult(dim);
    shape.push_back(filterType.getDimSize(dim));
    exprs.push_back(builder.getAffineDimExpr(*result.getResultPosition(loop)));
  }
  std::vector<double> values = numbers.values;
  add(createNumbers(builder, loc, RankedTensorType::get(shape, type),
                    type.isF32() ? "scale" : "correction", std::move(values)),
      AffineMap::get(result.getNumResults(), 0, exprs, builder.getContext()));
}

Value ProductEpilogue::create(
    function_ref<Value(OpBuilder &, Location, ValueRange)> body) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  Value empty = builder.create<tensor::EmptyOp>(loc, type.getShape(),
                                                type.getElementType());
  maps.push_back(identity());
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  return builder
      .create<linalg::GenericOp>(
          loc, type, inputs, empty, maps, loops,
          [&](OpBuilder &inner, Location at, ValueRange arguments) {
            inner.create<linalg::YieldOp>(at, body(inner, at, arguments));
          })
      .getResult(0);
}

} // namespace convopt
