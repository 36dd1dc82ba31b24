// What an error at one convolution does to the network's outputs cannot be read
// off the graph: it depends on the weights, on what the images look like, and
// on how much of what later layers sum up is the same. It can be measured, by
// running the network with an error of known size there. Rounding the weights
// themselves would have every filter packed anew for every run; but a
// convolution is linear in both its operands, so noise on the image does as
// well, if it is of the right kind. Rounded images differ from pixel to pixel,
// and sums over windows and later over planes average that out. A rounded
// weight is off by the same for every pixel, and nothing averages it out: its
// stand-in differs from channel to channel alone. (For single channels see
// FilterNoise.cpp.)
//
// Sizes and seeds are data, so that one compiled program serves all runs, and
// equal layers still share their kernels.

#include "convopt/Transforms/InsertNoise.h"
#include "FilterNoise.h"
#include "NestedBlocks.h"
#include "OneBlock.h"
#include "RandomSign.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_INSERTNOISE
#include "convopt/Transforms/Passes.h.inc"

static bool isOfFloats(const ConvOp &conv) {
  const ConvTypes &types = conv.layer.types;
  return types.input == ElementType::F32 && types.filter == ElementType::F32 &&
         types.accumulator == ElementType::F32;
}

std::vector<ConvOp> convolutionsOfFloats(func::FuncOp func) {
  std::vector<ConvOp> found;
  for (Block *block : programBlocks(func))
    for (auto op : block->getOps<linalg::LinalgOp>()) {
      std::optional<ConvOp> conv = matchConvolution(op);
      if (conv && isOfFloats(*conv) && !conv->layer.isEmpty() &&
          matchPattern(conv->filter, m_Constant()))
        found.push_back(*conv);
    }
  return found;
}

/// The dimensions of the image of `conv` that are channels or groups of them.
static SmallVector<int64_t> channelDims(const ConvOp &conv) {
  auto loops = linalg::inferConvolutionDims(conv.op);
  linalg::LinalgOp op = conv.op;
  AffineMap map = op.getIndexingMapsArray()[0];
  SmallVector<int64_t> dims;
  for (auto [i, expr] : llvm::enumerate(map.getResults()))
    for (const auto &channels : {loops->depth, loops->inputChannel})
      if (llvm::any_of(channels, [&, expr = expr](unsigned loop) {
            return expr.isFunctionOfDim(loop);
          }))
        dims.push_back(static_cast<int64_t>(i));
  return dims;
}

/// Those of `dims` along which there is more than one element.
static SmallVector<int64_t> withoutUnits(ArrayRef<int64_t> dims,
                                         RankedTensorType type) {
  SmallVector<int64_t> rest;
  llvm::copy_if(dims, std::back_inserter(rest),
                [&](int64_t dim) { return type.getDimSize(dim) > 1; });
  return rest;
}

/// Element `i` of `values`, as a tensor without dimensions.
static Value element(OpBuilder &builder, Location loc, Value values,
                     int64_t i) {
  Type type = cast<RankedTensorType>(values.getType()).getElementType();
  SmallVector<OpFoldResult> offset{builder.getIndexAttr(i)},
      one{builder.getIndexAttr(1)};
  return builder.create<tensor::ExtractSliceOp>(
      loc, RankedTensorType::get({}, type), values, offset, one, one);
}

namespace {
/// That differs along `dims`.
struct Noise {
  Value size, seed;
  SmallVector<int64_t> dims;
};
} // namespace

static Value addNoise(OpBuilder &builder, Location loc, Value image,
                      ArrayRef<Noise> noises) {
  auto type = cast<RankedTensorType>(image.getType());
  const int64_t rank = type.getRank();
  AffineMap identity = builder.getMultiDimIdentityMap(rank),
            scalar = AffineMap::get(rank, 0, builder.getContext());
  Value empty = builder.create<tensor::EmptyOp>(loc, type.getShape(),
                                                type.getElementType());
  auto body = [&](OpBuilder &inner, Location at, ValueRange x) {
    Value factor =
        inner.create<arith::ConstantOp>(at, inner.getF32FloatAttr(1));
    for (auto [i, noise] : llvm::enumerate(noises)) {
      Value sign =
          randomSign(inner, at, x[2 * i + 2], withoutUnits(noise.dims, type));
      Value change = inner.create<arith::MulFOp>(at, x[2 * i + 1], sign);
      factor = inner.create<arith::AddFOp>(at, factor, change);
    }
    Value noisy = inner.create<arith::MulFOp>(at, x[0], factor);
    inner.create<linalg::YieldOp>(at, noisy);
  };
  SmallVector<Value> inputs{image};
  SmallVector<AffineMap> maps{identity};
  for (const Noise &noise : noises) {
    inputs.append({noise.size, noise.seed});
    maps.append(2, scalar);
  }
  maps.push_back(identity);
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto op = builder.create<linalg::GenericOp>(loc, TypeRange(type), inputs,
                                              empty, maps, loops, body);
  return op.getResult(0);
}

int64_t insertNoise(func::FuncOp func) {
  std::vector<ConvOp> convolutions = convolutionsOfFloats(func);
  const auto count = static_cast<int64_t>(convolutions.size());
  if (convolutions.empty())
    return 0;
  OpBuilder builder = OpBuilder::atBlockBegin(&func.front());
  auto addArgument = [&](Type type) -> Value {
    const unsigned position = func.getNumArguments();
    func.insertArgument(position, RankedTensorType::get({2 * count}, type), {},
                        func.getLoc());
    return func.getArgument(position);
  };
  Value sizes = addArgument(builder.getF32Type());
  Value seeds = addArgument(builder.getI32Type());
  for (auto [l, conv] : llvm::enumerate(convolutions)) {
    Location loc = conv.op.getLoc();
    auto noiseOf = [&](int64_t i, SmallVector<int64_t> dims) -> Noise {
      return {element(builder, loc, sizes, i), element(builder, loc, seeds, i),
              std::move(dims)};
    };
    const int64_t rank = cast<RankedTensorType>(conv.input.getType()).getRank();
    SmallVector<Noise> noises{
        noiseOf(2 * l, llvm::to_vector(llvm::seq<int64_t>(0, rank)))};
    Noise ofWeights = noiseOf(2 * l + 1, channelDims(conv));
    if (conv.layer.inChannels == 1)
      addFilterNoise(conv, ofWeights.size, ofWeights.seed);
    else
      noises.push_back(std::move(ofWeights));
    // Before the padding, whose zeros stay zeros and part of the layer.
    OpOperand &use =
        conv.pad ? conv.pad.getSourceMutable() : *conv.op.getDpsInputOperand(0);
    OpBuilder before(use.getOwner());
    use.set(addNoise(before, loc, use.get(), noises));
  }
  return count;
}

namespace {
struct InsertNoise : impl::InsertNoiseBase<InsertNoise> {
  void runOnOperation() override {
    if (isOneBlock(getOperation()))
      insertNoise(getOperation());
  }
};
} // namespace
} // namespace convopt
