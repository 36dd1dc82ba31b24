// Products that are of 8-bit integers if one looks through what decodes them. A
// body multiplies numbers that were decoded before it (QDQ), differences of
// integers that were made before it (the import of QLinearConv), or extends
// bytes and takes zero points off itself (named operations, other front ends).
// All three are a term of the image and one of the filter. Neither the layout
// nor the name matters: that each thing summed up is a dimension of the filter
// is all that sums of the filter need.

#include "QuantisedProduct.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {

/// The factors of what the body of `op` adds to its result, or nothing.
static std::optional<std::pair<Value, Value>> findFactors(linalg::LinalgOp op) {
  Block &body = op->getRegion(0).front();
  Operation *add = body.getTerminator()->getOperand(0).getDefiningOp();
  if (!isa_and_nonnull<arith::AddIOp, arith::AddFOp>(add))
    return std::nullopt;
  Value old = body.getArguments().back();
  for (auto [sum, product] :
       {std::pair(add->getOperand(0), add->getOperand(1)),
        std::pair(add->getOperand(1), add->getOperand(0))}) {
    Operation *mul = product.getDefiningOp();
    if (sum == old && isa_and_nonnull<arith::MulIOp, arith::MulFOp>(mul) &&
        mul->getBlock() == &body)
      return std::pair(mul->getOperand(0), mul->getOperand(1));
  }
  return std::nullopt;
}

/// The image and the filter as terms, in this order, whatever that of the body.
static std::optional<std::pair<Term, Term>> readFactors(linalg::LinalgOp op) {
  auto factors = findFactors(op);
  if (!factors)
    return std::nullopt;
  auto read = [&](Value value) {
    return readTerm(
        op->getRegion(0).front(), value, [](unsigned i) { return i < 2; },
        [&](unsigned i) -> std::optional<Numbers> {
          // Zero points of named operations are scalars.
          bool isScalar = i < static_cast<unsigned>(op.getNumDpsInputs()) &&
                          !isa<ShapedType>(op->getOperand(i).getType());
          return isScalar ? constantOperand(op, i) : std::nullopt;
        });
  };
  std::optional<Term> a = read(factors->first), b = read(factors->second);
  if (!a || !b)
    return std::nullopt;
  if (a->argument > b->argument)
    std::swap(a, b);
  if (a->argument != 0 || b->argument != 1)
    return std::nullopt;
  return std::pair(std::move(*a), std::move(*b));
}

/// Whether all that is summed up is along dimensions of the filter, each of
/// which is one loop, and results are written one an iteration of the others.
static bool hasPlainFilter(linalg::LinalgOp op) {
  AffineMap filter = op.getIndexingMapsArray()[1],
            result = op.getIndexingMapsArray().back();
  if (!filter.isProjectedPermutation() || !result.isProjectedPermutation())
    return false;
  for (auto [loop, kind] : llvm::enumerate(op.getIteratorTypesArray()))
    if (kind == utils::IteratorType::reduction
            ? !filter.isFunctionOfDim(loop) || result.isFunctionOfDim(loop)
            : !result.isFunctionOfDim(loop))
      return false;
  return true;
}

std::optional<QuantisedProduct> matchQuantisedProduct(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op.hasDynamicShape() ||
      op->getNumResults() != 1 || op.getNumReductionLoops() == 0 ||
      (op.getNumDpsInputs() != 2 && op.getNumDpsInputs() != 4) ||
      !hasPlainFilter(op))
    return std::nullopt;
  Value image = op->getOperand(0), filter = op->getOperand(1);
  if (!isa<RankedTensorType>(image.getType()) ||
      !isa<RankedTensorType>(filter.getType()))
    return std::nullopt;
  auto factors = readFactors(op);
  if (!factors)
    return std::nullopt;
  auto &[x, w] = *factors;
  if (!x.zero.isOne() || !w.zero.isOne())
    return std::nullopt;
  QuantisedProduct product;
  product.op = op;
  const Type type = getElementTypeOrSelf(op->getResult(0));
  if (x.isSigned) {
    product.source = image;
    product.isSigned = *x.isSigned;
    product.zeroPoint = static_cast<int64_t>(x.zero.values[0]);
  } else {
    std::optional<Decoding> decoding = matchDecoding(image);
    if (!decoding || !decoding->isUniform() || !(x.zero == Numbers{{0}, {}}) ||
        decoding->type != type)
      return std::nullopt;
    product.source = decoding->source;
    product.isSigned = decoding->isSigned;
    product.zeroPoint = decoding->zeroPoint();
    if (type.isF32())
      product.scale = decoding->scale.values[0];
  }
  std::optional<Filter> read =
      w.isSigned ? readBytes(filter, *w.isSigned, w.zero) : readFilter(filter);
  if (!read || (!w.isSigned && !(w.zero == Numbers{{0}, {}})) ||
      !(type.isF32() || type.isInteger(32)) ||
      type.isF32() != product.scale.has_value())
    return std::nullopt;
  product.filter = std::move(*read);
  return product;
}

SmallVector<int64_t> keptDims(linalg::LinalgOp op) {
  AffineMap map = op.getIndexingMapsArray()[1];
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  SmallVector<int64_t> kept;
  for (unsigned d = 0; d < map.getNumResults(); ++d)
    if (kinds[map.getDimPosition(d)] == utils::IteratorType::parallel)
      kept.push_back(d);
  return kept;
}

Numbers sumFilter(const QuantisedProduct &product, function_ref<int(int)> of) {
  Numbers sums;
  sums.dims = keptDims(product.op);
  const SmallVector<int64_t> &shape = product.filter.shape;
  int64_t count = 1;
  for (int64_t dim : sums.dims)
    count *= shape[dim];
  sums.values.assign(count, 0);
  forEachPlace(shape, sums.dims, [&](int64_t i, int64_t place) {
    sums.values[place] += of(product.filter.values[i]);
  });
  return sums;
}

} // namespace convopt
