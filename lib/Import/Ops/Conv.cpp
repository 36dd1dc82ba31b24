#include "Generic.h"
#include "Ops.h"
#include "Window.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

namespace {
/// One convolution with one or more spatial dimensions.
struct ConvShape {
  int64_t batch, groups, inChannels, outChannels; ///< channels of one group
  Shape inSpatial, outSpatial;
  Window window;
};
} // namespace

/// {first..., rest...}
static Shape concat(ArrayRef<int64_t> first, ArrayRef<int64_t> rest) {
  Shape shape(first);
  shape.append(rest.begin(), rest.end());
  return shape;
}

static llvm::Expected<ConvShape> readConv(const Node &node) {
  ArrayRef<int64_t> input = node.inputShape(0), filter = node.inputShape(1);
  if (input.size() < 3 || filter.size() != input.size())
    return node.error("input and filter differ in rank, or have no spatial "
                      "dimension");
  int64_t groups = node.getInt("group", 1);
  if (groups < 1 || input[1] % groups || filter[0] % groups ||
      filter[1] != input[1] / groups)
    return node.error("channels of the input (" + Twine(input[1]) +
                      "), of the filter (" + Twine(filter[0]) + ", " +
                      Twine(filter[1]) + ") and groups (" + Twine(groups) +
                      ") do not fit");
  if (auto stated = node.getInts("kernel_shape");
      stated && ArrayRef<int64_t>(*stated) != filter.drop_front(2))
    return node.error("kernel_shape is not the shape of the filter");
  if (node.hasInput(2) && node.inputShape(2) != ArrayRef<int64_t>{filter[0]})
    return node.error("the bias does not fit the filter");
  auto window = readWindow(node, filter.drop_front(2));
  if (!window)
    return window.takeError();
  ConvShape conv{input[0],
                 groups,
                 input[1] / groups,
                 filter[0] / groups,
                 Shape(input.drop_front(2)),
                 Shape(node.outputShape(0).drop_front(2)),
                 *window};
  return conv;
}

/// One-dimensional convolutions run as two-dimensional ones of height one, so
/// that they have the same primitives.
static void addHeight(ConvShape &conv) {
  Window &w = conv.window;
  conv.inSpatial.insert(conv.inSpatial.begin(), 1);
  conv.outSpatial.insert(conv.outSpatial.begin(), 1);
  for (Shape *ones : {&w.kernel, &w.strides, &w.dilations})
    ones->insert(ones->begin(), 1);
  for (Shape *zeros : {&w.low, &w.high, &w.statedHigh})
    zeros->insert(zeros->begin(), 0);
}

/// What the sums start from: zero, or the bias, one element a channel, in a
/// result of `channels` (one or two dimensions) after the batch.
static Value createInit(Node &node, ArrayRef<int64_t> shape,
                        ArrayRef<int64_t> channels) {
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  const Constant *constant = node.hasInput(2) ? node.constant(2) : nullptr;
  bool zero = constant && constant->isSplat() && constant->doubleAt(0) == 0;
  if (!node.hasInput(2) || zero)
    return createFilled(node, shape, scalar.attribute(0));
  Value bias = reshapedInput(node, 2, channels);
  SmallVector<int64_t> added{0};
  for (size_t i = 1 + channels.size(); i < shape.size(); ++i)
    added.push_back(static_cast<int64_t>(i));
  Value empty = createEmpty(node, shape, scalar.type());
  return node.builder.create<linalg::BroadcastOp>(node.loc, bias, empty, added)
      ->getResult(0);
}

/// Grouped or three-dimensional, what has no named op: `image` is N, G, C,
/// spatial and `filter` G, F, C, kernel.
static Value createGenericConv(Node &node, const ConvShape &conv, Value image,
                               Value filter, Value init) {
  MLIRContext *context = node.builder.getContext();
  // Loops: n, g, f, outputs..., c, kernel...
  size_t spatial = conv.window.rank(), loops = 4 + 2 * spatial;
  auto dim = [&](size_t i) { return getAffineDimExpr(i, context); };
  AffineExpr n = dim(0), g = dim(1), f = dim(2), c = dim(3 + spatial);
  SmallVector<AffineExpr> imageMap{n, g, c}, filterMap{g, f, c},
      resultMap{n, g, f};
  for (size_t i = 0; i < spatial; ++i) {
    AffineExpr out = dim(3 + i), k = dim(4 + spatial + i);
    imageMap.push_back(out * conv.window.strides[i] +
                       k * conv.window.dilations[i]);
    filterMap.push_back(k);
    resultMap.push_back(out);
  }
  SmallVector<utils::IteratorType> iterators(loops,
                                             utils::IteratorType::reduction);
  std::fill_n(iterators.begin(), 3 + spatial, utils::IteratorType::parallel);
  AffineMap maps[] = {AffineMap::get(loops, 0, imageMap, context),
                      AffineMap::get(loops, 0, filterMap, context),
                      AffineMap::get(loops, 0, resultMap, context)};
  return sumOfProducts(node, image, filter, init, maps, iterators);
}

/// A named op with strides and dilations.
template <typename Op>
static Value createNamedConv(Node &node, const ConvShape &conv, Value image,
                             Value filter, Value init) {
  auto vector = [&](ArrayRef<int64_t> values) {
    return node.builder.getI64TensorAttr(values);
  };
  return node.builder
      .create<Op>(node.loc, TypeRange(init.getType()),
                  ValueRange{image, filter}, ValueRange(init),
                  vector(conv.window.strides), vector(conv.window.dilations))
      ->getResult(0);
}

/// The image with the shape `front` before its spatial dimensions, padded.
static Value createImage(Node &node, const ConvShape &conv,
                         ArrayRef<int64_t> front) {
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  Value image = reshapedInput(node, 0, concat(front, conv.inSpatial));
  Shape low(front.size(), 0), high(front.size(), 0);
  return pad(node, image, concat(low, conv.window.low),
             concat(high, conv.window.high), scalar.attribute(0));
}

static Value createConv(Node &node, const ConvShape &conv) {
  const Shape &kernel = conv.window.kernel;
  int64_t n = conv.batch, g = conv.groups, c = conv.inChannels,
          f = conv.outChannels;
  bool planar = conv.window.rank() == 2;
  if (planar && g > 1 && c == 1 && f == 1) {
    Value image = createImage(node, conv, {n, g});
    Value filter = reshapedInput(node, 1, concat({g}, kernel));
    Value init = createInit(node, concat({n, g}, conv.outSpatial), {g});
    return createNamedConv<linalg::DepthwiseConv2DNchwChwOp>(node, conv, image,
                                                             filter, init);
  }
  if (g == 1 && conv.window.rank() <= 3) {
    Value image = createImage(node, conv, {n, c});
    Value filter = reshapedInput(node, 1, concat({f, c}, kernel));
    Value init = createInit(node, concat({n, f}, conv.outSpatial), {f});
    if (planar)
      return createNamedConv<linalg::Conv2DNchwFchwOp>(node, conv, image,
                                                       filter, init);
    return createNamedConv<linalg::Conv3DNcdhwFcdhwOp>(node, conv, image,
                                                       filter, init);
  }
  Value image = createImage(node, conv, {n, g, c});
  Value filter = reshapedInput(node, 1, concat({g, f, c}, kernel));
  Value init = createInit(node, concat({n, g, f}, conv.outSpatial), {g, f});
  if (planar)
    return createNamedConv<linalg::Conv2DNgchwGfchwOp>(node, conv, image,
                                                       filter, init);
  return createGenericConv(node, conv, image, filter, init);
}

static Error importConv(Node &node) {
  auto conv = readConv(node);
  if (!conv)
    return conv.takeError();
  if (conv->window.rank() == 1)
    addHeight(*conv);
  Value result = createConv(node, *conv);
  return node.setOutput(0, reshape(node, result, node.outputShape(0)));
}

void registerConvOps(OpTable &table) { table["Conv"] = importConv; }

} // namespace convopt
