// A convolution of what 8-bit integers stand for is one of the integers:
//
//   sum (x - zx) sx * (w - zw) sw  =  (sum x * w' - zx * sum w') * sx * sw
//
// with w' = w - zw, known when compiling, like the sum of w' over what a result
// reads. The sums of products are exact, in 32 bits, and machines have
// instructions for them that multiply four times as many numbers as those for
// f32; what remains to be done is done once for each result: it becomes the
// epilogue. Zeros around the image are zero points then. The same with what
// is a difference of integers from the start (QLinearConv, ConvInteger, the
// named operations with zero points): there the result is an i32.
//
// Machines differ in which signs they multiply: x86 without a sign by with, ARM
// both with. x less 128 is the same integer with the sign bit changed, and so a
// zero point that is 128 less. Filters are always signed. What does not fit 8
// bits once its zero point is taken off (filters of u8 around 100, say) does
// once something more is, the excess e:
//
//   sum (x - zx) * w'  =  sum (x - zx) * (w' - e)  +  e * sum (x - zx)
//
// where the last sum is one for all channels of the result: little beside them.

#include "ProductEpilogue.h"
#include "QuantisationPatterns.h"
#include "QuantisedProduct.h"
#include "WindowSums.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {

/// Whether there is nothing to be done.
static bool isPlain(const QuantisedProduct &product, bool isSigned) {
  linalg::LinalgOp op = product.op;
  Block &body = op->getRegion(0).front();
  return !product.scale && op.getNumDpsInputs() == 2 &&
         getElementTypeOrSelf(op->getOperand(0)).isInteger(8) &&
         getElementTypeOrSelf(op->getOperand(1)).isInteger(8) &&
         product.zeroPoint == 0 && product.isSigned == isSigned &&
         getSplat(op.getDpsInitOperand(0)->get()) == 0.0 &&
         llvm::count_if(body, llvm::IsaPred<arith::ExtSIOp>) ==
             (isSigned ? 2 : 1) &&
         std::distance(body.begin(), body.end()) == 5;
}

/// The sums of products alone, beginning with 0.
static Value createSums(OpBuilder &builder, const QuantisedProduct &product) {
  linalg::LinalgOp op = product.op;
  Location loc = op.getLoc();
  Type i32 = builder.getI32Type();
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto filterType =
      RankedTensorType::get(product.filter.shape, builder.getI8Type());
  std::vector<float> values(product.filter.values.begin(),
                            product.filter.values.end());
  Value filter =
      createNumbers(builder, loc, filterType, "filter", std::move(values));
  Value zero =
      builder.create<arith::ConstantOp>(loc, builder.getI32IntegerAttr(0));
  Value empty = builder.create<tensor::EmptyOp>(loc, type.getShape(), i32);
  Value init = builder.create<linalg::FillOp>(loc, zero, empty).getResult(0);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  return builder
      .create<linalg::GenericOp>(
          loc, init.getType(), ValueRange{product.source, filter}, init,
          ArrayRef<AffineMap>{maps[0], maps[1], maps.back()},
          op.getIteratorTypesArray(),
          [&](OpBuilder &inner, Location at, ValueRange arguments) {
            Value x = arguments[0];
            if (product.isSigned)
              x = inner.create<arith::ExtSIOp>(at, i32, x);
            else
              x = inner.create<arith::ExtUIOp>(at, i32, x);
            Value w = inner.create<arith::ExtSIOp>(at, i32, arguments[1]);
            Value both = inner.create<arith::MulIOp>(at, x, w);
            Value sum = inner.create<arith::AddIOp>(at, arguments[2], both);
            inner.create<linalg::YieldOp>(at, sum);
          })
      .getResult(0);
}

/// What the sums begin with, as an operand: nothing if that is 0.
static bool addInit(ProductEpilogue &epilogue, linalg::LinalgOp op) {
  Value init = op.getDpsInitOperand(0)->get();
  if (getSplat(init) == 0.0)
    return false;
  AffineMap map = epilogue.identity();
  if (auto broadcast = init.getDefiningOp<linalg::BroadcastOp>()) {
    SmallVector<unsigned> kept;
    for (unsigned d = 0; d < map.getNumResults(); ++d)
      if (!llvm::is_contained(broadcast.getDimensions(), int64_t(d)))
        kept.push_back(d);
    map = map.getSubMap(kept);
    init = broadcast.getInput();
  }
  epilogue.add(init, map);
  return true;
}

namespace {
/// What was taken off a filter, and what it would have been multiplied by.
struct Excess {
  Numbers number;
  WindowSums sums;
};
} // namespace

static void rewrite(QuantisedProduct &product,
                    const std::optional<Excess> &excess) {
  linalg::LinalgOp op = product.op;
  OpBuilder builder(op);
  Type i32 = builder.getI32Type(), f32 = builder.getF32Type();
  ProductEpilogue epilogue(builder, op, createSums(builder, product));
  Value excessNumber, correction, scale; // where they are the same for all
  if (excess) {
    epilogue.add(excess->sums.value, excess->sums.map);
    epilogue.add(excess->number, i32, excessNumber);
  }
  const bool hasZero = product.zeroPoint != 0;
  if (hasZero) {
    Numbers corrections = sumFilter(product, [](int value) { return value; });
    for (double &value : corrections.values)
      value = static_cast<int32_t>(static_cast<uint32_t>(
          static_cast<int64_t>(value) * product.zeroPoint));
    epilogue.add(corrections, i32, correction);
  }
  if (product.scale) {
    Numbers scales = product.filter.scale;
    for (double &value : scales.values)
      value *= *product.scale;
    epilogue.add(scales, f32, scale);
  }
  const bool hasInit = addInit(epilogue, op);
  Value result = epilogue.create([&](OpBuilder &inner, Location at,
                                     ValueRange arguments) -> Value {
    size_t next = 1;
    auto operand = [&](Value constant) {
      return constant ? constant : arguments[next++];
    };
    Value x = arguments[0];
    if (excess) {
      Value sum = operand({});
      Value more = inner.create<arith::MulIOp>(at, sum, operand(excessNumber));
      x = inner.create<arith::AddIOp>(at, x, more);
    }
    if (hasZero)
      x = inner.create<arith::SubIOp>(at, x, operand(correction));
    if (product.scale) {
      x = inner.create<arith::SIToFPOp>(at, f32, x);
      x = inner.create<arith::MulFOp>(at, x, operand(scale));
      return hasInit ? inner.create<arith::AddFOp>(at, x, operand({})) : x;
    }
    return hasInit ? inner.create<arith::AddIOp>(at, x, operand({})) : x;
  });
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
}

bool makeIntegerProduct(linalg::LinalgOp op, Activations activations) {
  std::optional<QuantisedProduct> product = matchQuantisedProduct(op);
  if (!product)
    return false;
  const bool isSigned = activations == Activations::AsIs
                            ? product->isSigned
                            : activations == Activations::Signed;
  if (isPlain(*product, isSigned))
    return false;
  // Scales must be along what is not summed up.
  SmallVector<int64_t> kept = keptDims(op);
  if (!llvm::all_of(product->filter.scale.dims,
                    [&](int64_t dim) { return llvm::is_contained(kept, dim); }))
    return false;
  // Sums of f32 do not wrap.
  const Numbers magnitudes =
      sumFilter(*product, [](int value) { return std::abs(value); });
  if (product->scale && *llvm::max_element(magnitudes.values) * 255 >= 0x1p31)
    return false;
  std::optional<Numbers> over = product->filter.takeOffExcess({});
  if (!over)
    over = product->filter.takeOffExcess(kept);
  std::optional<Excess> excess;
  if (over && !llvm::all_of(over->values, [](double e) { return e == 0; })) {
    OpBuilder builder(op);
    if (auto sums = createWindowSums(builder, *product))
      excess = Excess{std::move(*over), *sums};
    else
      over.reset();
  }
  if (!over) {
    op->emitRemark("the filter less its zero point does not fit 8 bits: "
                   "products are not made ones of 8-bit integers");
    return false;
  }
  if (product->isSigned != isSigned) {
    OpBuilder builder(op);
    product->source = createFlip(builder, op->getLoc(), product->source);
    product->zeroPoint += isSigned ? -128 : 128;
    product->isSigned = isSigned;
  }
  rewrite(*product, excess);
  return true;
}

} // namespace convopt
