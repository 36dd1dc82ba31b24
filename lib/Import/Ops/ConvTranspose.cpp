// ConvTranspose as one ordinary convolution. Its output at y, counted before
// the padding is cut away, is the sum over r of input[(y - d r) / s] w[r] where
// the division has no remainder. All y of one remainder a = y mod s read the
// same ceil(((k - 1) d + 1) / s) input elements around y / s, so a convolution
// of unit stride with s filters for each one gives all y; then the remainders,
// which it computes as channels, are woven into the image (as a sub-pixel
// convolution: Shi et al., CVPR 2016). Nothing is multiplied by the zeros that
// stretching the input would put in.
#include "ConvTranspose.h"
#include "Generic.h"
#include "Ops.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace convopt {

/// Cuts `x` (N, C, image...) where `low` and `high` are negative.
static Value crop(Node &node, Value x, ArrayRef<int64_t> low,
                  ArrayRef<int64_t> high) {
  Shape offsets = {0, 0}, sizes(shapeOf(x));
  for (auto [i, amount] : llvm::enumerate(low)) {
    offsets.push_back(std::max<int64_t>(-amount, 0));
    sizes[2 + i] -= offsets.back() + std::max<int64_t>(-high[i], 0);
  }
  return slice(node, x, offsets, sizes);
}

/// A convolution of unit stride over an image of any rank; the operands have a
/// dimension for the groups: N, G, C, image... and G, K, C, taps....
static Value genericConvolution(Node &node, Value x, Value filter, Value init) {
  OpBuilder &builder = node.builder;
  unsigned image = shapeOf(x).size() - 3;
  // Loops: batch, group, output channel, image..., input channel, taps...
  unsigned loops = 4 + 2 * image;
  auto dim = [&](unsigned i) { return builder.getAffineDimExpr(i); };
  SmallVector<AffineExpr> input = {dim(0), dim(1), dim(3 + image)};
  SmallVector<AffineExpr> weights = {dim(1), dim(2), dim(3 + image)};
  SmallVector<AffineExpr> output = {dim(0), dim(1), dim(2)};
  for (unsigned i = 0; i < image; ++i) {
    input.push_back(dim(3 + i) + dim(4 + image + i));
    weights.push_back(dim(4 + image + i));
    output.push_back(dim(3 + i));
  }
  SmallVector<AffineMap> maps;
  for (ArrayRef<AffineExpr> results : {input, weights, output})
    maps.push_back(AffineMap::get(loops, 0, results, builder.getContext()));
  SmallVector<utils::IteratorType> iterators(3 + image,
                                             utils::IteratorType::parallel);
  iterators.resize(loops, utils::IteratorType::reduction);
  return builder
      .create<linalg::GenericOp>(
          node.loc, init.getType(), ValueRange{x, filter}, init, maps,
          iterators,
          [](OpBuilder &b, Location loc, ValueRange args) {
            Value product = b.create<arith::MulFOp>(loc, args[0], args[1]);
            Value sum = b.create<arith::AddFOp>(loc, args[2], product);
            b.create<linalg::YieldOp>(loc, sum);
          })
      .getResult(0);
}

/// A tensor of `shape` that holds `bias` (one element a channel), or 0.
static Value initialValue(Node &node, Value bias, ArrayRef<int64_t> shape,
                          FloatType element) {
  if (!bias)
    return createFilled(node, shape, node.builder.getFloatAttr(element, 0));
  SmallVector<int64_t> others = {0};
  for (size_t i = 2; i < shape.size(); ++i)
    others.push_back(static_cast<int64_t>(i));
  Value empty = createEmpty(node, shape, element);
  return node.builder
      .create<linalg::BroadcastOp>(node.loc, bias, empty, others)
      ->getResult(0);
}

/// Convolves `x` (N, C, image...), padded or, where `low` and `high` are
/// negative, cut, with `filter` (groups, K, C / groups, taps...) at unit
/// stride; the result is N, groups * K, image.... `bias` may be null.
static Value unitConvolution(Node &node, Value x, Value filter, Value bias,
                             ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  x = crop(node, x, low, high);
  auto element = cast<FloatType>(node.inputType(0).getElementType());
  TypedAttr zero = node.builder.getFloatAttr(element, 0);
  Shape taps(shapeOf(filter)), input(shapeOf(x));
  int64_t groups = taps[0];
  SmallVector<int64_t> padLow(2), padHigh(2);
  Shape shape = {input[0], groups * taps[1]};
  for (size_t i = 0; i < low.size(); ++i) {
    padLow.push_back(std::max<int64_t>(low[i], 0));
    padHigh.push_back(std::max<int64_t>(high[i], 0));
    shape.push_back(input[2 + i] + padLow.back() + padHigh.back() -
                    taps[3 + i] + 1);
  }
  Value init = initialValue(node, bias, shape, element);
  bool named = low.size() == 2;
  if (named && groups == 1) {
    filter = reshape(node, filter, ArrayRef(taps).drop_front());
    x = pad(node, x, padLow, padHigh, zero);
    return node.builder
        .create<linalg::Conv2DNchwFchwOp>(node.loc, init.getType(),
                                          ValueRange{x, filter}, init)
        .getResult(0);
  }
  auto split = [&](Value value) {
    Shape grouped(shapeOf(value));
    grouped[1] /= groups;
    grouped.insert(grouped.begin() + 1, groups);
    return reshape(node, value, grouped);
  };
  padLow.insert(padLow.begin(), 0);
  padHigh.insert(padHigh.begin(), 0);
  x = pad(node, split(x), padLow, padHigh, zero);
  init = split(init);
  if (!named)
    return reshape(node, genericConvolution(node, x, filter, init), shape);
  Value result = node.builder
                     .create<linalg::Conv2DNgchwGfchwOp>(
                         node.loc, init.getType(), ValueRange{x, filter}, init)
                     .getResult(0);
  return reshape(node, result, shape);
}

/// N, M * phases, blocks... -> N, M, blocks * strides....
static Value weavePhases(Node &node, Value value, ArrayRef<TransposedAxis> axes,
                         int64_t channels) {
  Shape blocks(shapeOf(value));
  if (blocks[1] == channels)
    return value;
  int64_t image = static_cast<int64_t>(axes.size());
  Shape apart = {blocks[0], channels}, joined = apart;
  SmallVector<int64_t> perm = {0, 1};
  for (int64_t i = 0; i < image; ++i) {
    apart.push_back(axes[i].stride);
    perm.append({2 + image + i, 2 + i});
    joined.push_back(blocks[2 + i] * axes[i].stride);
  }
  apart.append(blocks.begin() + 2, blocks.end());
  value = transpose(node, reshape(node, value, apart), perm);
  return reshape(node, value, joined);
}

/// Strides, paddings and extents of the node, checked.
static Expected<SmallVector<TransposedAxis>> readAxes(const Node &node) {
  ArrayRef<int64_t> input = node.inputShape(0), filter = node.inputShape(1);
  ArrayRef<int64_t> output = node.outputShape(0);
  size_t image = input.size() - 2;
  auto ones = std::vector<int64_t>(image, 1);
  auto strides = node.getInts("strides").value_or(ones);
  auto dilations = node.getInts("dilations").value_or(ones);
  auto extra =
      node.getInts("output_padding").value_or(std::vector<int64_t>(image));
  auto pads = node.getInts("pads").value_or(std::vector<int64_t>(2 * image));
  StringRef automatic = node.getString("auto_pad", "NOTSET");
  bool shaped = node.hasAttribute("output_shape");
  if (input.size() < 3 || filter.size() != input.size() ||
      strides.size() != image || dilations.size() != image ||
      extra.size() != image || pads.size() != 2 * image)
    return node.error("strides, dilations or pads do not fit the image");
  SmallVector<TransposedAxis> axes;
  for (size_t i = 0; i < image; ++i) {
    TransposedAxis axis;
    axis.input = input[2 + i];
    axis.kernel = filter[2 + i];
    axis.output = output[2 + i];
    axis.stride = strides[i];
    axis.dilation = dilations[i];
    // Sums of a few of these do not overflow.
    constexpr int64_t limit = int64_t(1) << 30;
    if (axis.stride < 1 || axis.dilation < 1 || axis.kernel < 1 ||
        axis.output < 1 || axis.stride > limit || axis.dilation > limit ||
        std::abs(pads[i]) > limit || std::abs(extra[i]) > limit)
      return node.error("has a stride, dilation, kernel or padding that cannot "
                        "be meant");
    int64_t total = axis.stride * (axis.input - 1) + extra[i] +
                    (axis.kernel - 1) * axis.dilation + 1 - axis.output;
    // Less than nothing is padded, and as evenly, where the output is larger
    // than what the kernel reaches.
    int64_t half = llvm::divideFloorSigned(total, 2);
    if (automatic == "SAME_UPPER")
      axis.padBegin = half;
    else if (automatic == "SAME_LOWER" || shaped)
      axis.padBegin = total - half;
    else if (automatic == "NOTSET")
      axis.padBegin = pads[i];
    axes.push_back(axis);
  }
  return axes;
}

static Error importConvTranspose(Node &node) {
  int64_t groups = node.getInt("group", 1);
  if (!isFloat(node.inputKind(0)))
    return node.error("accepts floating point only");
  if (groups < 1 || node.inputShape(0)[1] % groups ||
      node.inputShape(1)[0] != node.inputShape(0)[1])
    return node.error("group does not fit the channels");
  auto axes = readAxes(node);
  if (!axes)
    return axes.takeError();
  int64_t channels = node.outputShape(0)[1], phases = 1;
  SmallVector<int64_t> low, high, offsets = {0, 0};
  for (const TransposedAxis &axis : *axes) {
    phases *= axis.stride;
    low.push_back(axis.taps() - 1 - axis.firstBlock());
    high.push_back(axis.endBlock() - axis.input);
    offsets.push_back(axis.padBegin - axis.firstBlock() * axis.stride);
    // What is cut away must leave something.
    if (-low.back() >= axis.input || -high.back() >= axis.input ||
        axis.input + low.back() + high.back() < axis.taps())
      return node.error("pads cut the whole image away");
  }
  Expected<Value> filter = rearrangeFilter(node, *axes, groups);
  if (!filter)
    return filter.takeError();
  Value bias = node.hasInput(2) ? repeatBias(node, phases) : Value();
  Value y = unitConvolution(node, node.input(0), *filter, bias, low, high);
  y = weavePhases(node, y, *axes, channels);
  return node.setOutput(0, slice(node, y, offsets, node.outputShape(0)));
}

void registerConvTransposeOps(OpTable &table) {
  table["ConvTranspose"] = importConvTranspose;
}

} // namespace convopt
