// Noise on the channels of an image stands for noise on weights where many
// channels are summed up. Where each sum has but one channel, all its weights
// would get the same noise, and their differences, which such filters often
// are, would keep the sign that rounding takes from them: measured gains were
// half the true ones. But a convolution is linear in its filter, and one of
// single channels is cheap: a second one, of the filter with random signs, is
// the error itself.

#include "FilterNoise.h"
#include "RandomSign.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <random>

using namespace mlir;

namespace convopt {

/// The filter with signs by chance, the same ones every time.
static Value flipSigns(OpBuilder &builder, Location loc, Value filter) {
  std::optional<std::vector<float>> weights = getConstantFloats(filter);
  if (!weights)
    return filter;
  std::mt19937 random(1);
  for (float &weight : *weights)
    weight = random() >> 31 ? weight : -weight;
  return createConstant(builder, loc, cast<RankedTensorType>(filter.getType()),
                        "noise", std::move(*weights));
}

/// The dimensions of the result that are channels or groups of them.
static SmallVector<int64_t> resultChannels(linalg::LinalgOp op) {
  auto loops = linalg::inferConvolutionDims(op);
  SmallVector<int64_t> dims;
  for (auto [i, expr] :
       llvm::enumerate(op.getIndexingMapsArray().back().getResults()))
    for (const auto &channels : {loops->depth, loops->outputChannel})
      if (llvm::any_of(channels, [&, expr = expr](unsigned loop) {
            return expr.isFunctionOfDim(loop);
          }))
        dims.push_back(static_cast<int64_t>(i));
  return dims;
}

void addFilterNoise(const ConvOp &conv, Value size, Value seed) {
  linalg::LinalgOp op = conv.op;
  Location loc = op.getLoc();
  OpBuilder builder(op);
  builder.setInsertionPointAfter(op);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  Value empty = builder.create<tensor::EmptyOp>(loc, type.getShape(),
                                                type.getElementType());
  Value zero =
      builder.create<arith::ConstantOp>(loc, builder.getF32FloatAttr(0));
  Value zeros = builder.create<linalg::FillOp>(loc, zero, empty).getResult(0);
  // Padding is part of a convolution that it belongs to alone.
  Value image = op.getDpsInputOperand(0)->get();
  if (tensor::PadOp pad = conv.pad)
    image = builder.clone(*pad)->getResult(0);
  Value filter = flipSigns(builder, loc, conv.filter);
  auto error = cast<linalg::LinalgOp>(builder.clone(*op));
  error.getDpsInputOperand(0)->set(image);
  error.getDpsInputOperand(1)->set(filter);
  error.getDpsInitOperand(0)->set(zeros);

  const int64_t rank = type.getRank();
  AffineMap identity = builder.getMultiDimIdentityMap(rank),
            scalar = AffineMap::get(rank, 0, builder.getContext());
  auto body = [&](OpBuilder &inner, Location at, ValueRange x) {
    Value sign = randomSign(inner, at, x[3], resultChannels(op));
    Value factor = inner.create<arith::MulFOp>(at, x[2], sign);
    Value noise = inner.create<arith::MulFOp>(at, x[1], factor);
    Value sum = inner.create<arith::AddFOp>(at, x[0], noise);
    inner.create<linalg::YieldOp>(at, sum);
  };
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto sum = builder.create<linalg::GenericOp>(
      loc, TypeRange(type),
      ValueRange{op->getResult(0), error->getResult(0), size, seed}, empty,
      ArrayRef{identity, identity, scalar, scalar, identity}, loops, body);
  op->getResult(0).replaceAllUsesExcept(sum.getResult(0), sum);
}

} // namespace convopt
