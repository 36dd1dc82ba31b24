#include "Pool.h"
#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

using Combine = llvm::function_ref<Value(Scalar &, Value element, Value sum)>;

/// Folds each window of `image` (padded) into one element of the output.
static Value createWindows(Node &node, const Window &window, Value image,
                           Value init, ElementKind kind, Combine combine) {
  OpBuilder &builder = node.builder;
  MLIRContext *context = builder.getContext();
  size_t spatial = window.rank(), loops = 2 + 2 * spatial;
  auto dim = [&](size_t i) { return getAffineDimExpr(i, context); };
  SmallVector<AffineExpr> imageMap{dim(0), dim(1)}, windowMap,
      resultMap{dim(0), dim(1)};
  for (size_t i = 0; i < spatial; ++i) {
    AffineExpr out = dim(2 + i), k = dim(2 + spatial + i);
    imageMap.push_back(out * window.strides[i] + k * window.dilations[i]);
    windowMap.push_back(k);
    resultMap.push_back(out);
  }
  SmallVector<utils::IteratorType> iterators(loops,
                                             utils::IteratorType::reduction);
  std::fill_n(iterators.begin(), 2 + spatial, utils::IteratorType::parallel);
  AffineMap maps[] = {AffineMap::get(loops, 0, imageMap, context),
                      AffineMap::get(loops, 0, windowMap, context),
                      AffineMap::get(loops, 0, resultMap, context)};
  Value shape =
      createEmpty(node, window.kernel, toMlirType(kind, builder.getContext()));
  auto body = [&](OpBuilder &inner, Location loc, ValueRange arguments) {
    Scalar scalar(inner, loc, kind);
    Value result = combine(scalar, arguments[0], arguments[2]);
    inner.create<linalg::YieldOp>(loc, result);
  };
  Value inputs[] = {image, shape};
  return builder
      .create<linalg::GenericOp>(node.loc, init.getType(), inputs, init, maps,
                                 iterators, body)
      .getResult(0);
}

template <typename Op>
static Value createNamedPool(Node &node, const Window &window, Value image,
                             Value init) {
  auto type = cast<RankedTensorType>(image.getType());
  Value shape = createEmpty(node, window.kernel, type.getElementType());
  return node.builder
      .create<Op>(node.loc, TypeRange(init.getType()), ValueRange{image, shape},
                  ValueRange(init),
                  node.builder.getI64TensorAttr(window.strides),
                  node.builder.getI64TensorAttr(window.dilations))
      ->getResult(0);
}

static llvm::Expected<Window> readPool(const Node &node) {
  auto kernel = node.getInts("kernel_shape");
  if (!kernel)
    return node.error("needs kernel_shape");
  return readWindow(node, *kernel);
}

Value padImage(Node &node, const Window &window, Value image,
               TypedAttr filler) {
  Shape low{0, 0}, high{0, 0};
  low.append(window.low);
  high.append(window.high);
  return pad(node, image, low, high, filler);
}

static Error importMaxPool(Node &node) {
  auto window = readPool(node);
  if (!window)
    return window.takeError();
  if (node.hasOutput(1))
    return importMaxPoolWithIndices(node, *window);
  ElementKind kind = node.outputKind(0);
  Scalar scalar(node.builder, node.loc, kind);
  Value image = padImage(node, *window, node.input(0), scalar.lowest());
  Value init = createFilled(node, node.outputShape(0), scalar.lowest());
  Value result;
  // As in ONNX's reference, a comparison decides: NaN is not larger.
  if (isFloat(kind))
    result = createWindows(
        node, *window, image, init, kind,
        [](Scalar &s, Value x, Value sum) { return s.maxNumber(sum, x); });
  else if (window->rank() == 2 && !isUnsigned(kind))
    result =
        createNamedPool<linalg::PoolingNchwMaxOp>(node, *window, image, init);
  else
    result = createWindows(
        node, *window, image, init, kind,
        [](Scalar &s, Value x, Value sum) { return s.max(sum, x); });
  return node.setOutput(0, result);
}

static Value sumWindows(Node &node, const Window &window, Value image) {
  ElementKind kind = node.outputKind(0);
  Scalar scalar(node.builder, node.loc, kind);
  image = padImage(node, window, image, scalar.attribute(0));
  Value init = createFilled(node, node.outputShape(0), scalar.attribute(0));
  if (window.rank() == 2)
    return createNamedPool<linalg::PoolingNchwSumOp>(node, window, image, init);
  return createWindows(
      node, window, image, init, kind,
      [](Scalar &s, Value x, Value sum) { return s.add(sum, x); });
}

/// How many elements each window along dimension `i` averages: those inside
/// the image, and, if asked, inside the padding that the model states; never
/// what ceil_mode adds behind.
static std::vector<int64_t> countElements(const Window &window, size_t i,
                                          int64_t size, int64_t outputs,
                                          bool countPadding) {
  int64_t first = countPadding ? -window.low[i] : 0;
  int64_t end = size + (countPadding ? window.statedHigh[i] : 0);
  std::vector<int64_t> counts;
  for (int64_t o = 0; o < outputs; ++o) {
    int64_t count = 0;
    for (int64_t k = 0; k < window.kernel[i]; ++k) {
      int64_t at =
          o * window.strides[i] - window.low[i] + k * window.dilations[i];
      count += at >= first && at < end;
    }
    counts.push_back(count);
  }
  return counts;
}

static Error importAveragePool(Node &node) {
  auto window = readPool(node);
  if (!window)
    return window.takeError();
  bool countPadding = node.getInt("count_include_pad", 0) != 0;
  ArrayRef<int64_t> spatial = node.outputShape(0).drop_front(2);
  std::vector<double> counts{1};
  for (size_t i = 0; i < window->rank(); ++i) {
    std::vector<double> product;
    auto own = countElements(*window, i, node.inputShape(0)[i + 2], spatial[i],
                             countPadding);
    for (double before : counts)
      for (int64_t count : own)
        product.push_back(before * static_cast<double>(count));
    counts = std::move(product);
  }
  // A window in the padding alone sums nothing: 0, as in ONNX Runtime.
  for (double &count : counts)
    count = std::max(count, 1.0);
  if (llvm::all_equal(counts))
    counts.resize(1);
  Shape countShape;
  if (counts.size() > 1)
    countShape.assign(spatial.begin(), spatial.end());
  ElementKind kind = node.outputKind(0);
  // Products, since a division takes as long as the sum of a small window.
  // Where there is one count it is divided by: the compiler knows better.
  const bool one = counts.size() == 1;
  if (!one)
    for (double &count : counts)
      count = 1 / count;
  Constant divisor = Constant::fromDoubles(kind, countShape, counts);
  divisor.setName(one ? "count" : "share");
  Value sum = sumWindows(node, *window, node.input(0));
  Operand operands[] = {sum, divisor};
  return node.setOutput(0, elementwise(node, operands, node.outputShape(0),
                                       kind, [&](Scalar &s, ArrayRef<Value> x) {
                                         return one ? s.div(x[0], x[1])
                                                    : s.mul(x[0], x[1]);
                                       }));
}

/// (sum |x|^p)^(1/p), as two element-wise steps around a sum.
static Value createPower(Node &node, Value value, double exponent) {
  return elementwise(node, {value}, shapeOf(value), node.outputKind(0),
                     [&](Scalar &s, ArrayRef<Value> x) -> Value {
                       Value base = s.abs(x[0]);
                       if (exponent == 1)
                         return base;
                       if (exponent == 2)
                         return s.mul(base, base);
                       if (exponent == 0.5)
                         return s.math<math::SqrtOp>(base);
                       return s.math<math::PowFOp>(base, s.constant(exponent));
                     });
}

static llvm::Expected<double> readPower(const Node &node) {
  int64_t p = node.getInt("p", 2);
  if (p < 1)
    return node.error("attribute 'p' must be positive");
  return static_cast<double>(p);
}

static Error importLpPool(Node &node) {
  auto window = readPool(node);
  if (!window)
    return window.takeError();
  auto p = readPower(node);
  if (!p)
    return p.takeError();
  Value sum = sumWindows(node, *window, createPower(node, node.input(0), *p));
  return node.setOutput(0, createPower(node, sum, 1 / *p));
}

/// Reduces all spatial dimensions of a value with input 0's shape.
static llvm::Expected<Value> reduceSpatial(Node &node, Value input,
                                           TypedAttr init, Combine combine) {
  size_t rank = node.inputShape(0).size();
  if (rank < 3)
    return node.error("the input has no spatial dimension");
  SmallVector<int64_t> axes;
  for (size_t i = 2; i < rank; ++i)
    axes.push_back(static_cast<int64_t>(i));
  return reduce(node, input, axes, node.outputKind(0), init, combine);
}

static Error importGlobalAveragePool(Node &node) {
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  auto sum = reduceSpatial(
      node, node.input(0), scalar.attribute(0),
      [](Scalar &s, Value x, Value sum) { return s.add(sum, x); });
  if (!sum)
    return sum.takeError();
  double count = 1;
  for (int64_t dim : node.inputShape(0).drop_front(2))
    count *= static_cast<double>(dim);
  Value mean = elementwise(node, {*sum}, shapeOf(*sum), node.outputKind(0),
                           [&](Scalar &s, ArrayRef<Value> x) {
                             return s.div(x[0], s.constant(count));
                           });
  return node.setOutput(0, reshape(node, mean, node.outputShape(0)));
}

static Error importGlobalMaxPool(Node &node) {
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  auto result = reduceSpatial(
      node, node.input(0), scalar.lowest(),
      [](Scalar &s, Value x, Value sum) { return s.max(sum, x); });
  if (!result)
    return result.takeError();
  return node.setOutput(0, reshape(node, *result, node.outputShape(0)));
}

static Error importGlobalLpPool(Node &node) {
  auto p = readPower(node);
  if (!p)
    return p.takeError();
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  auto sum = reduceSpatial(
      node, createPower(node, node.input(0), *p), scalar.attribute(0),
      [](Scalar &s, Value x, Value sum) { return s.add(sum, x); });
  if (!sum)
    return sum.takeError();
  Value result = createPower(node, *sum, 1 / *p);
  return node.setOutput(0, reshape(node, result, node.outputShape(0)));
}

void registerPoolOps(OpTable &table) {
  table["MaxPool"] = importMaxPool;
  table["AveragePool"] = importAveragePool;
  table["LpPool"] = importLpPool;
  table["GlobalAveragePool"] = importGlobalAveragePool;
  table["GlobalMaxPool"] = importGlobalMaxPool;
  table["GlobalLpPool"] = importGlobalLpPool;
}

} // namespace convopt
