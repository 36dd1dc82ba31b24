// Loops and indexing maps say what is a convolution, whatever an operation is
// called. What is none although it slides a weighted window is an oversight of
// somebody, and slow; so each question that is answered with no has a reason,
// which whyNoConvolution gives by asking the same questions.

#include "convopt/IR/InferConvLayer.h"
#include "convopt/IR/Constants.h"
#include "convopt/IR/ConvoptDialect.h"
#include "convopt/IR/WhyNoConvolution.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"

using namespace mlir;

namespace convopt {

std::optional<ElementType> elementTypeOf(Type type) {
  if (type.isF64())
    return ElementType::F64;
  if (type.isF32())
    return ElementType::F32;
  if (type.isF16())
    return ElementType::F16;
  if (type.isBF16())
    return ElementType::BF16;
  if (type.isInteger(32))
    return ElementType::I32;
  if (type.isInteger(8))
    return ElementType::I8;
  return std::nullopt;
}

namespace {
/// An input in a body, and what it is multiplied as.
struct Factor {
  BlockArgument argument;
  std::optional<ElementType> type;
};
} // namespace

/// The input that `factor` is, extended to `sum` if it is of bytes, or of
/// halves where that is so `rounded`.
static Factor readFactor(Value factor, Type sum, bool rounded) {
  auto byte = [&](Value from, ElementType type) -> Factor {
    auto argument = dyn_cast<BlockArgument>(from);
    if (!argument || !argument.getType().isInteger(8) || !sum.isInteger(32))
      return {};
    return {argument, type};
  };
  if (auto op = factor.getDefiningOp<arith::ExtSIOp>())
    return byte(op.getIn(), ElementType::I8);
  if (auto op = factor.getDefiningOp<arith::ExtUIOp>())
    return byte(op.getIn(), ElementType::U8);
  if (auto op = factor.getDefiningOp<arith::ExtFOp>(); op && rounded)
    factor = op.getIn();
  return {dyn_cast<BlockArgument>(factor), elementTypeOf(factor.getType())};
}

/// The two factors of a sum of products that `Mul` and `Add` make.
template <typename Mul, typename Add>
static std::optional<std::pair<Value, Value>> factorsOf(Block &block) {
  auto add = block.getTerminator()->getOperand(0).getDefiningOp<Add>();
  if (!add)
    return std::nullopt;
  for (auto [product, old] : {std::pair(add.getLhs(), add.getRhs()),
                              std::pair(add.getRhs(), add.getLhs())})
    if (auto mul = product.template getDefiningOp<Mul>();
        mul && old == block.getArgument(2))
      return std::pair(mul.getLhs(), mul.getRhs());
  return std::nullopt;
}

/// The types of the image, the filter and the result, which is what the sum is
/// accumulated in, if the body adds up products of the first two.
static std::optional<ConvTypes> multipliedTypes(linalg::LinalgOp op) {
  Block &block = op->getRegion(0).front();
  if (block.getNumArguments() != 3)
    return std::nullopt;
  Type sum = block.getArgument(2).getType();
  std::optional<std::pair<Value, Value>> factors;
  if (isa<FloatType>(sum))
    factors = factorsOf<arith::MulFOp, arith::AddFOp>(block);
  else if (sum.isInteger(32))
    factors = factorsOf<arith::MulIOp, arith::AddIOp>(block);
  if (!factors)
    return std::nullopt;
  // Only where a choice of primitive says that the image was rounded for it:
  // products of other halves with single precision are nobody's.
  const bool rounded =
      sum.isF32() &&
      ConvoptDialect::PrimitiveAttrHelper(op.getContext()).isAttrPresent(op);
  Factor a = readFactor(factors->first, sum, rounded),
         b = readFactor(factors->second, sum, rounded);
  if (a.argument != block.getArgument(0))
    std::swap(a, b);
  std::optional<ElementType> result = elementTypeOf(sum);
  if (a.argument != block.getArgument(0) ||
      b.argument != block.getArgument(1) || !a.type || !b.type || !result)
    return std::nullopt;
  ConvTypes types{*a.type, *b.type, *result, *result};
  // Products of i32 are nobody's: no primitive has them.
  if (isa<IntegerType>(sum) && !isQuantised(types))
    return std::nullopt;
  if (isQuantised(types))
    types.result = types.input;
  return types;
}

bool multipliesAndAdds(linalg::LinalgOp op) {
  return multipliedTypes(op).has_value();
}

/// The position in `map` of the result that uses any of `loops`.
static std::optional<unsigned> positionOf(AffineMap map,
                                          ArrayRef<unsigned> loops) {
  for (auto [position, expr] : llvm::enumerate(map.getResults()))
    for (unsigned loop : loops)
      if (expr.isFunctionOfDim(loop))
        return position;
  return std::nullopt;
}

/// A tensor.pad of zeros, or of bytes with any number, on the two spatial
/// dimensions that only `op` uses.
static tensor::PadOp matchPad(Value image, unsigned h, unsigned w) {
  auto pad = image.getDefiningOp<tensor::PadOp>();
  if (!pad || !pad->hasOneUse() || !pad.getSourceType().hasStaticShape())
    return nullptr;
  Value value = pad.getConstantPaddingValue();
  std::optional<double> number = value ? getSplat(value) : std::nullopt;
  if (!number || (*number != 0.0 && !value.getType().isInteger(8)))
    return nullptr;
  for (auto [d, amounts] : llvm::enumerate(
           llvm::zip_equal(pad.getStaticLow(), pad.getStaticHigh()))) {
    auto [low, high] = amounts;
    if (low < 0 || high < 0) // Also kDynamic.
      return nullptr;
    if (d != h && d != w && (low || high))
      return nullptr;
  }
  return pad;
}

/// matchConvolution; without a result `why` is the reason.
static std::optional<ConvOp> match(linalg::LinalgOp op, StringRef &why) {
  auto none = [&](StringRef reason) {
    why = reason;
    return std::nullopt;
  };
  if (op.getNumDpsInputs() != 2)
    return none("has other inputs than an image and a filter");
  FailureOr<linalg::ConvolutionDimensions> dims =
      linalg::inferConvolutionDims(op);
  if (failed(dims))
    return none("has indexing maps that are not those of a convolution");
  // Pooling has a window too, but its filter carries no channel.
  if (dims->inputChannel.empty() && dims->depth.empty())
    return none("has no channels");
  if (dims->outputImage.size() != 2 || dims->filterLoop.size() != 2)
    return none("has other than two spatial dimensions");
  if (dims->depth.size() > 1 || dims->inputChannel.size() > 1 ||
      dims->outputChannel.size() > 1 || dims->batch.size() > 1)
    return none("has several dimensions of batches, groups or channels");
  if (!op.hasPureTensorSemantics())
    return none("works on buffers");
  SmallVector<int64_t> trips = op.getStaticLoopRanges();
  if (llvm::is_contained(trips, ShapedType::kDynamic))
    return none("has a shape that is not known");
  std::optional<ConvTypes> types = multipliedTypes(op);
  if (!types) {
    if (llvm::any_of(op->getOperandTypes(), [](Type type) {
          return !elementTypeOf(getElementTypeOrSelf(type));
        }))
      return none("has elements of a type that no primitive computes with");
    return none("does not sum up products of its inputs in floating point, nor "
                "of bytes in i32");
  }
  auto trip = [&](ArrayRef<unsigned> loops) {
    return loops.empty() ? 1 : trips[loops[0]];
  };

  ConvOp conv;
  conv.op = op;
  conv.filter = op.getDpsInputOperand(1)->get();
  conv.init = op.getDpsInitOperand(0)->get();
  ConvProblem &layer = conv.layer;
  layer.types = *types;
  layer.batch = trip(dims->batch);
  layer.groups = trip(dims->depth);
  layer.inChannels = trip(dims->inputChannel);
  layer.outChannels = trip(dims->outputChannel);
  layer.outHeight = trips[dims->outputImage[0]];
  layer.outWidth = trips[dims->outputImage[1]];
  layer.kernelHeight = trips[dims->filterLoop[0]];
  layer.kernelWidth = trips[dims->filterLoop[1]];
  layer.strideHeight = dims->strides[0];
  layer.strideWidth = dims->strides[1];
  layer.dilationHeight = dims->dilations[0];
  layer.dilationWidth = dims->dilations[1];

  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  auto h = positionOf(maps[0], dims->filterLoop[0]);
  auto w = positionOf(maps[0], dims->filterLoop[1]);
  auto outputHeight = positionOf(maps[2], dims->outputImage[0]);
  auto outputWidth = positionOf(maps[2], dims->outputImage[1]);
  if (!h || !w || !outputHeight || !outputWidth)
    return none("has indexing maps that are not those of a convolution");
  if (*h > *w || *outputHeight > *outputWidth)
    return none("has an image whose columns come before its rows");
  auto layoutOf = [](AffineMap map, unsigned width) {
    return width + 1 == map.getNumResults() ? Layout::NCHW : Layout::NHWC;
  };
  conv.inputLayout = layoutOf(maps[0], *w);
  conv.outputLayout = layoutOf(maps[2], *outputWidth);

  Value image = op.getDpsInputOperand(0)->get();
  conv.pad = matchPad(image, *h, *w);
  conv.input = conv.pad ? conv.pad.getSource() : image;
  auto shape = cast<RankedTensorType>(conv.input.getType()).getShape();
  layer.inHeight = shape[*h];
  layer.inWidth = shape[*w];
  if (conv.pad) {
    const auto value =
        static_cast<int64_t>(*getSplat(conv.pad.getConstantPaddingValue()));
    conv.padValue = types->input == ElementType::U8 ? value & 255 : value;
    layer.padTop = conv.pad.getStaticLow()[*h];
    layer.padLeft = conv.pad.getStaticLow()[*w];
    layer.padBottom = conv.pad.getStaticHigh()[*h];
    layer.padRight = conv.pad.getStaticHigh()[*w];
  }

  auto kindOf = [&](AffineExpr expr) {
    auto uses = [&](ArrayRef<unsigned> loops) {
      return llvm::any_of(
          loops, [&](unsigned loop) { return expr.isFunctionOfDim(loop); });
    };
    if (uses(dims->depth))
      return 'g';
    if (uses(dims->outputChannel))
      return 'k';
    if (uses(dims->inputChannel))
      return 'c';
    return expr.isFunctionOfDim(dims->filterLoop[0]) ? 'r' : 's';
  };
  for (AffineExpr expr : maps[1].getResults())
    conv.filterDims.push_back(kindOf(expr));
  return conv;
}

std::optional<ConvOp> matchConvolution(linalg::LinalgOp op) {
  StringRef why;
  return match(op, why);
}

/// Whether `op` reads two tensors, one of them through a window: at the sum of
/// a position in the result and one that is summed over.
static bool weighsWindows(linalg::LinalgOp op) {
  SmallVector<unsigned> parallel, reduction;
  op.getParallelDims(parallel);
  op.getReductionDims(reduction);
  auto uses = [](AffineExpr expr, ArrayRef<unsigned> loops) {
    return llvm::any_of(
        loops, [&](unsigned loop) { return expr.isFunctionOfDim(loop); });
  };
  int read = 0;
  bool slides = false;
  for (OpOperand *input : op.getDpsInputOperands()) {
    if (!isa<ShapedType>(input->get().getType()) ||
        !op.payloadUsesValueFromOperand(input))
      continue;
    ++read;
    for (AffineExpr expr : op.getMatchingIndexingMap(input).getResults())
      slides |= uses(expr, parallel) && uses(expr, reduction);
  }
  return read > 1 && slides;
}

std::string whyNoConvolution(linalg::LinalgOp op) {
  StringRef why;
  if (!weighsWindows(op) || match(op, why))
    return "";
  return why.str();
}

std::optional<ConvProblem> getConvLayer(linalg::LinalgOp op) {
  if (std::optional<ConvOp> conv = matchConvolution(op))
    return conv->layer;
  return std::nullopt;
}

} // namespace convopt
