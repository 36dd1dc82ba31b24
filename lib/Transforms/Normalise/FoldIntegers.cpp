// Sizes and bounds of slices may be written as arithmetic on small tensors of
// integers: a shape as a vector, a gather of one of its elements, a division,
// an extraction. Their bodies are run here for every element by the folders of
// the operations in them. Integers are exact everywhere, so are the few
// operations on floating-point numbers that front ends divide sizes by.

#include "NormalisePatterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/Matchers.h"
#include <numeric>

using namespace mlir;

namespace convopt {

/// More than any shape has, and quick.
constexpr int64_t mostElements = 1024, mostIterations = 16384;

/// The type of a tensor of few integers, or null.
static RankedTensorType fewIntegers(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() ||
      !tensor.getElementType().isIntOrIndex() || tensor.getNumElements() == 0 ||
      tensor.getNumElements() > mostElements)
    return nullptr;
  return tensor;
}

/// The elements of a constant of few integers, row-major; nothing if `value` is
/// something else.
static std::optional<SmallVector<Attribute>> integersOf(Value value) {
  DenseElementsAttr attr;
  if (!fewIntegers(value.getType()) || !matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  return llvm::to_vector(attr.getValues<Attribute>());
}

/// Whether every host computes the same by the folder of `op`. (Functions of
/// libm are not among these.)
static bool isExact(Operation &op) {
  return isa_and_nonnull<arith::ArithDialect>(op.getDialect()) ||
         isa<math::FloorOp, math::CeilOp, math::TruncOp, tensor::ExtractOp>(op);
}

namespace {
/// The body of a linalg operation with a value for each of what it has.
struct Evaluation {
  DenseMap<Value, Attribute> values;

  Attribute valueOf(Value value) {
    if (Attribute known = values.lookup(value))
      return known;
    Attribute constant;
    matchPattern(value, m_Constant(&constant));
    // Folders ask resources for elements as attributes, which these have not.
    if (isa_and_nonnull<DenseResourceElementsAttr>(constant))
      return nullptr;
    return constant;
  }

  /// What `body` yields first at `point` of its loops, or null if that cannot
  /// be computed.
  Attribute run(Block &body, ArrayRef<int64_t> point) {
    Builder builder(body.getParentOp()->getContext());
    for (Operation &op : body.without_terminator()) {
      if (auto index = dyn_cast<linalg::IndexOp>(op)) {
        values[index] = builder.getIndexAttr(point[index.getDim()]);
        continue;
      }
      auto operands = llvm::map_to_vector(
          op.getOperands(), [&](Value operand) { return valueOf(operand); });
      SmallVector<OpFoldResult> results;
      if (!isExact(op) || llvm::is_contained(operands, Attribute()) ||
          failed(op.fold(operands, results)) || results.size() != 1)
        return nullptr;
      auto attr = dyn_cast<Attribute>(results[0]);
      values[op.getResult(0)] = attr ? attr : valueOf(cast<Value>(results[0]));
    }
    return valueOf(body.getTerminator()->getOperand(0));
  }
};

struct FoldIntegers : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || op->getNumResults() != 1)
      return failure();
    RankedTensorType type = fewIntegers(op->getResult(0).getType());
    SmallVector<int64_t> trips = op.getStaticLoopRanges();
    if (!type || ShapedType::isDynamicShape(trips))
      return failure();
    int64_t count = std::accumulate(trips.begin(), trips.end(), int64_t(1),
                                    std::multiplies<>());
    if (count > mostIterations)
      return failure();

    // The last is the result, as far as it is computed.
    SmallVector<SmallVector<Attribute>> operands;
    for (OpOperand &operand : op->getOpOperands()) {
      if (Attribute scalar; op.isScalar(&operand) &&
                            matchPattern(operand.get(), m_Constant(&scalar))) {
        operands.push_back({scalar});
      } else if (auto integers = integersOf(operand.get())) {
        operands.push_back(std::move(*integers));
      } else if (op.isDpsInit(&operand) &&
                 !op.payloadUsesValueFromOperand(&operand)) {
        operands.emplace_back(type.getNumElements());
      } else {
        return failure();
      }
    }

    Block &body = op->getRegion(0).front();
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    SmallVector<int64_t> strides = computeSuffixProduct(trips);
    for (int64_t i = 0; i < count; ++i) {
      SmallVector<int64_t> point = delinearize(i, strides);
      SmallVector<int64_t> offsets;
      Evaluation evaluation;
      for (auto [operand, data, map] :
           llvm::zip_equal(op->getOpOperands(), operands, maps)) {
        SmallVector<int64_t> index = map.compose(point);
        ArrayRef<int64_t> shape = op.getShape(&operand);
        int64_t offset = 0;
        for (auto [size, position] : llvm::zip_equal(shape, index))
          offset = offset * size + position;
        offsets.push_back(offset);
        if (Attribute value = data[offset])
          evaluation.values[op.getMatchingBlockArgument(&operand)] = value;
      }
      Attribute result = evaluation.run(body, point);
      if (!result)
        return failure();
      operands.back()[offsets.back()] = result;
    }
    if (llvm::is_contained(operands.back(), Attribute()))
      return failure();
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, DenseElementsAttr::get(type, operands.back()));
    return success();
  }
};

/// Vectors of sizes that are joined.
struct FoldConcat : OpRewritePattern<tensor::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type =
        fewIntegers(op.inferResultType(op.getDim(), op.getInputs().getTypes()));
    if (!type || type.getRank() != 1)
      return failure();
    SmallVector<Attribute> all;
    for (Value input : op.getInputs()) {
      auto integers = integersOf(input);
      if (!integers)
        return failure();
      llvm::append_range(all, *integers);
    }
    Value joined = rewriter.create<arith::ConstantOp>(
        op.getLoc(), DenseElementsAttr::get(type, all));
    rewriter.replaceOpWithNewOp<tensor::CastOp>(op, op.getType(), joined);
    return success();
  }
};

/// A part of a vector of sizes.
struct FoldSlice : OpRewritePattern<tensor::ExtractSliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExtractSliceOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = fewIntegers(op.getType());
    auto integers = integersOf(op.getSource());
    if (!type || !integers || op.getSourceType().getRank() != 1 ||
        !op.getOffsets().empty() || !op.getStrides().empty())
      return failure();
    SmallVector<Attribute> part;
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      int64_t at = op.getStaticOffset(0) + i * op.getStaticStride(0);
      if (at < 0 || at >= static_cast<int64_t>(integers->size()))
        return failure();
      part.push_back((*integers)[at]);
    }
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, DenseElementsAttr::get(type, part));
    return success();
  }
};
} // namespace

void populateFoldIntegers(RewritePatternSet &patterns) {
  patterns.add<FoldIntegers, FoldConcat, FoldSlice>(patterns.getContext());
}

} // namespace convopt
