#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// Of each channel of x, in the shape C x 1 x ...: the mean of `element`.
static Value channelMean(Node &node, ArrayRef<Operand> operands,
                         ScalarBody element) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  ElementKind kind = node.inputKind(0);
  Scalar outer(node.builder, node.loc, kind);
  Value values = elementwise(node, operands, shape, kind, element);
  SmallVector<int64_t> axes = llvm::to_vector(
      llvm::seq<int64_t>(0, static_cast<int64_t>(shape.size())));
  axes.erase(axes.begin() + 1);
  Value sum =
      reduce(node, values, axes, kind, outer.attribute(0),
             [](Scalar &s, Value x, Value total) { return s.add(total, x); });
  Shape perChannel(shape.size() - 1, 1);
  perChannel[0] = shape[1];
  double count = static_cast<double>(*countElements(shape)) /
                 static_cast<double>(shape[1]);
  return elementwise(node, {reshape(node, sum, perChannel)}, perChannel, kind,
                     [&](Scalar &s, ArrayRef<Value> x) {
                       return s.div(x[0], s.constant(count));
                     });
}

/// In training the batch itself gives mean and variance, with which running
/// ones are mixed: `operands` are those of inference, changed to that.
static Error takeStatistics(Node &node, MutableArrayRef<Operand> operands) {
  if (*countElements(node.inputShape(0)) == 0)
    return node.error("an empty batch has no mean");
  Value mean = channelMean(node, operands.take_front(1),
                           [](Scalar &, ArrayRef<Value> x) { return x[0]; });
  Value variance = channelMean(node, {operands[0], Operand(mean)},
                               [](Scalar &s, ArrayRef<Value> x) {
                                 Value centred = s.sub(x[0], x[1]);
                                 return s.mul(centred, centred);
                               });
  double momentum = node.getFloat("momentum", 0.9f);
  for (size_t i : {1, 2}) {
    if (!node.hasOutput(i))
      continue;
    Value now = i == 1 ? mean : variance;
    Value mixed =
        elementwise(node, {operands[2 + i], Operand(now)}, shapeOf(now),
                    node.inputKind(0), [&](Scalar &s, ArrayRef<Value> x) {
                      return s.add(s.mul(x[0], s.constant(momentum)),
                                   s.mul(x[1], s.constant(1 - momentum)));
                    });
    if (Error error =
            node.setOutput(i, reshape(node, mixed, node.outputShape(i))))
      return error;
  }
  operands[3] = mean;
  operands[4] = variance;
  return Error::success();
}

/// The inputs scale, bias, mean and variance have one element a channel. One
/// element-wise operation, which the normalisation passes fold into a
/// convolution before it.
static Error importBatchNormalization(Node &node) {
  const bool trains = node.getInt("training_mode", 0);
  if (!node.getInt("spatial", 1)) // up to opset 8
    return node.error("spatial=0 is not supported");
  for (size_t i = 1; i < node.numOutputs(); ++i)
    if (node.hasOutput(i) && !trains)
      return node.error("the outputs of training are not supported");
  ArrayRef<int64_t> shape = node.inputShape(0);
  if (shape.size() < 2)
    return node.error("the input has no channels");
  Shape perChannel(shape.size() - 1, 1);
  perChannel[0] = shape[1];
  ElementKind kind = node.inputKind(0);
  SmallVector<Constant> constants(5);
  SmallVector<Operand> operands{Operand(node, 0)};
  for (size_t i = 1; i < 5; ++i) {
    if (node.inputShape(i) != ArrayRef<int64_t>{shape[1]})
      return node.error("input " + Twine(i) +
                        " does not have one element a channel");
    if (node.inputKind(i) != kind)
      return node.error("mixed element types are not supported");
    if (const Constant *constant = node.constant(i)) {
      constants[i] = constant->reshaped(perChannel);
      operands.push_back(constants[i]);
    } else {
      operands.push_back(reshape(node, node.input(i), perChannel));
    }
  }
  if (trains)
    if (Error error = takeStatistics(node, operands))
      return error;
  double epsilon = node.getFloat("epsilon", 1e-5f);
  Value result = elementwise(
      node, operands, shape, kind, [&](Scalar &s, ArrayRef<Value> x) {
        Value deviation =
            s.math<math::SqrtOp>(s.add(x[4], s.constant(epsilon)));
        Value centred = s.sub(x[0], x[3]);
        return s.add(s.mul(centred, s.div(x[1], deviation)), x[2]);
      });
  return node.setOutput(0, result);
}

/// Across channels: x / (bias + alpha / size * sum of x^2 over `size`
/// neighbours)^beta. The sum is a pooling over the padded channels.
static Error importLRN(Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  int64_t size = node.getInt("size", 0);
  if (shape.size() < 2 || size < 1 || size > (1 << 16))
    return node.error("bad size or rank");
  ElementKind kind = node.inputKind(0);
  OpBuilder &builder = node.builder;
  MLIRContext *context = builder.getContext();
  Scalar outer(builder, node.loc, kind);

  Shape low(shape.size(), 0), high(shape.size(), 0);
  low[1] = (size - 1) / 2;
  high[1] = size - 1 - low[1];
  Value input = node.input(0);
  Value padded = pad(node, input, low, high, outer.attribute(0));
  Value init = createFilled(node, shape, outer.attribute(0));
  Value window = createEmpty(node, {size}, outer.type());

  size_t rank = shape.size();
  SmallVector<AffineExpr> imageMap;
  for (size_t i = 0; i < rank; ++i)
    imageMap.push_back(getAffineDimExpr(i, context));
  AffineExpr k = getAffineDimExpr(rank, context);
  imageMap[1] = imageMap[1] + k;
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  loops.push_back(utils::IteratorType::reduction);
  AffineMap maps[] = {AffineMap::get(rank + 1, 0, imageMap, context),
                      AffineMap::get(rank + 1, 0, k, context),
                      AffineMap::getMultiDimIdentityMap(rank + 1, context)
                          .getMajorSubMap(static_cast<unsigned>(rank))};
  Value inputs[] = {padded, window};
  auto body = [&](OpBuilder &inner, Location loc, ValueRange arguments) {
    Scalar s(inner, loc, kind);
    Value sum = s.add(arguments[2], s.mul(arguments[0], arguments[0]));
    inner.create<linalg::YieldOp>(loc, sum);
  };
  Value squares =
      builder
          .create<linalg::GenericOp>(node.loc, init.getType(), inputs, init,
                                     maps, loops, body)
          .getResult(0);

  double alpha = node.getFloat("alpha", 1e-4f);
  double beta = node.getFloat("beta", 0.75), bias = node.getFloat("bias", 1);
  Value result = elementwise(
      node, {input, squares}, shape, kind, [&](Scalar &s, ArrayRef<Value> x) {
        Value scaled =
            s.mul(x[1], s.constant(alpha / static_cast<double>(size)));
        Value base = s.add(scaled, s.constant(bias));
        return s.div(x[0], s.math<math::PowFOp>(base, s.constant(beta)));
      });
  return node.setOutput(0, result);
}

/// x divided by its norm along an axis: the sum of absolute values, or the root
/// of the sum of squares. Zeros have no norm to be divided by: the standard
/// says nothing but that it is normalised, its reference divides, and the node
/// test expects the NaN of that. ONNX Runtime writes zeros, which no text
/// promises.
static Error importLpNormalization(Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", -1),
                                 static_cast<int64_t>(shape.size()));
  if (!axis)
    return axis.takeError();
  int64_t p = node.getInt("p", 2);
  if (p != 1 && p != 2)
    return node.error("p must be 1 or 2");
  ElementKind kind = node.outputKind(0);
  Scalar scalar(node.builder, node.loc, kind);
  Value x = node.input(0);
  Value sum = reduce(node, x, *axis, kind, scalar.attribute(0),
                     [&](Scalar &s, Value a, Value total) {
                       return s.add(total, p == 1 ? s.abs(a) : s.mul(a, a));
                     });
  Shape kept(shape);
  kept[*axis] = 1;
  Value y = elementwise(node, {x, reshape(node, sum, kept)}, shape, kind,
                        [&](Scalar &s, ArrayRef<Value> a) {
                          return s.div(
                              a[0], p == 1 ? a[1] : s.math<math::SqrtOp>(a[1]));
                        });
  return node.setOutput(0, y);
}

void registerNormalizationOps(OpTable &table) {
  table["LpNormalization"] = importLpNormalization;
  table["BatchNormalization"] = importBatchNormalization;
  table["LRN"] = importLRN;
}

} // namespace convopt
