#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

template <typename Op>
static Value createProduct(Node &node, Value a, Value b, Value init) {
  return node.builder
      .create<Op>(node.loc, TypeRange(init.getType()), ValueRange{a, b},
                  ValueRange(init))
      ->getResult(0);
}

static Value zeros(Node &node, ArrayRef<int64_t> shape) {
  Scalar scalar(node.builder, node.loc, node.outputKind(0));
  return createFilled(node, shape, scalar.attribute(0));
}

static Value matrixInput(Node &node, size_t i, bool transposed) {
  Value matrix = node.input(i);
  return transposed ? transpose(node, matrix, {1, 0}) : matrix;
}

/// What the products of Gemm are added to: C, broadcast.
static Value createGemmInit(Node &node, ArrayRef<int64_t> shape) {
  ElementKind kind = node.outputKind(0);
  const Constant *constant = node.hasInput(2) ? node.constant(2) : nullptr;
  bool zero = constant && constant->isSplat() && constant->doubleAt(0) == 0;
  double beta = node.getFloat("beta", 1);
  if (!node.hasInput(2) || zero || beta == 0)
    return zeros(node, shape);
  if (beta == 1 && node.inputShape(2) == shape)
    return node.input(2);
  if (beta == 1 && node.inputShape(2) == shape.take_back(1)) {
    Value empty =
        createEmpty(node, shape, toMlirType(kind, node.builder.getContext()));
    return node.builder
        .create<linalg::BroadcastOp>(node.loc, node.input(2), empty,
                                     ArrayRef<int64_t>{0})
        ->getResult(0);
  }
  return elementwise(node, {Operand(node, 2)}, shape, kind,
                     [&](Scalar &s, ArrayRef<Value> x) -> Value {
                       return beta == 1 ? x[0] : s.mul(x[0], s.constant(beta));
                     });
}

/// alpha * A * B + beta * C
static Error importGemm(Node &node) {
  bool transA = node.getInt("transA", 0), transB = node.getInt("transB", 0);
  ArrayRef<int64_t> shape = node.outputShape(0);
  ArrayRef<int64_t> a = node.inputShape(0), b = node.inputShape(1);
  if (a.size() != 2 || b.size() != 2 || a[!transA] != b[transB] ||
      (node.hasInput(2) && !broadcastsTo(node.inputShape(2), shape)))
    return node.error("the matrices do not fit");
  double alpha = node.getFloat("alpha", 1);
  ElementKind kind = node.outputKind(0);
  Value left = matrixInput(node, 0, transA);
  if (alpha != 1)
    left = elementwise(node, {left}, shapeOf(left), kind,
                       [&](Scalar &s, ArrayRef<Value> x) {
                         return s.mul(x[0], s.constant(alpha));
                       });
  Value init = createGemmInit(node, shape);
  // Weights stay as they are: the filter of a 1x1 convolution is this one.
  if (transB && node.constant(1))
    return node.setOutput(0, createProduct<linalg::MatmulTransposeBOp>(
                                 node, left, node.input(1), init));
  return node.setOutput(0, createProduct<linalg::MatmulOp>(
                               node, left, matrixInput(node, 1, transB), init));
}

static int64_t product(ArrayRef<int64_t> shape) {
  return *countElements(shape);
}

/// Batches that differ: one generic over the whole, broadcast by its maps.
static Value createBroadcastMatMul(Node &node, Value a, Value b,
                                   ArrayRef<int64_t> batch) {
  OpBuilder &builder = node.builder;
  MLIRContext *context = builder.getContext();
  size_t rank = batch.size();
  auto dim = [&](size_t i) { return getAffineDimExpr(i, context); };
  AffineExpr m = dim(rank), n = dim(rank + 1), k = dim(rank + 2);
  auto mapOf = [&](ArrayRef<int64_t> shape, AffineExpr row, AffineExpr column) {
    SmallVector<AffineExpr> exprs;
    size_t own = shape.size() - 2;
    for (size_t i = 0; i < own; ++i) {
      size_t at = rank - own + i;
      exprs.push_back(shape[i] == 1 && batch[at] != 1
                          ? getAffineConstantExpr(0, context)
                          : dim(at));
    }
    exprs.push_back(row);
    exprs.push_back(column);
    return AffineMap::get(rank + 3, 0, exprs, context);
  };
  Shape shape(batch);
  shape.append({shapeOf(a).end()[-2], shapeOf(b).back()});
  Value init = zeros(node, shape);
  AffineMap maps[] = {mapOf(shapeOf(a), m, k), mapOf(shapeOf(b), k, n),
                      mapOf(shape, m, n)};
  SmallVector<utils::IteratorType> loops(rank + 2,
                                         utils::IteratorType::parallel);
  loops.push_back(utils::IteratorType::reduction);
  return sumOfProducts(node, a, b, init, maps, loops);
}

/// numpy.matmul: vectors become matrices, leading dimensions are batches.
static Error importMatMul(Node &node) {
  Shape a(node.inputShape(0)), b(node.inputShape(1));
  if (a.empty() || b.empty())
    return node.error("an input is a scalar");
  if (a.size() == 1)
    a.insert(a.begin(), 1);
  if (b.size() == 1)
    b.push_back(1);
  ArrayRef<int64_t> batchA = ArrayRef(a).drop_back(2);
  ArrayRef<int64_t> batchB = ArrayRef(b).drop_back(2);
  int64_t m = a.end()[-2], k = a.back(), n = b.back();
  if (b.end()[-2] != k)
    return node.error("the matrices do not fit");

  Value result;
  if (product(batchB) == 1 && product(batchA) >= 1) {
    Value left = reshapedInput(node, 0, {product(batchA) * m, k});
    Value right = reshapedInput(node, 1, {k, n});
    result = createProduct<linalg::MatmulOp>(
        node, left, right, zeros(node, {product(batchA) * m, n}));
  } else if (batchA == batchB) {
    int64_t count = product(batchA);
    result = createProduct<linalg::BatchMatmulOp>(
        node, reshapedInput(node, 0, {count, m, k}),
        reshapedInput(node, 1, {count, k, n}), zeros(node, {count, m, n}));
  } else {
    Shape batch(batchA.size() > batchB.size() ? batchA : batchB);
    for (size_t i = 0; i < batch.size(); ++i) {
      int64_t fromA = i < batchA.size() ? batchA.rbegin()[i] : 1;
      int64_t fromB = i < batchB.size() ? batchB.rbegin()[i] : 1;
      if (fromA != fromB && fromA != 1 && fromB != 1)
        return node.error("the batches do not fit");
      batch.rbegin()[i] = fromA == 1 ? fromB : fromA;
    }
    result = createBroadcastMatMul(node, reshapedInput(node, 0, a),
                                   reshapedInput(node, 1, b), batch);
  }
  if (*countElements(shapeOf(result)) != product(node.outputShape(0)))
    return node.error("the output does not fit the inputs");
  return node.setOutput(0, reshape(node, result, node.outputShape(0)));
}

void registerMatMulOps(OpTable &table) {
  table["Gemm"] = importGemm;
  table["MatMul"] = importMatMul;
}

} // namespace convopt
