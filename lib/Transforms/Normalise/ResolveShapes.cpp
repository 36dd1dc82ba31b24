// Shapes are static, but not all front ends know it. What was a reshape or a
// slice of computed bounds comes as tensors of unknown size, computed from
// constants that nobody looked up. Here the arithmetic is done, and what is
// known of one tensor is told to those made from it: upstream's
// canonicalisation does most of it, with casts from what is known to what was
// written, and the operations that it leaves out are below.

#include "NormalisePatterns.h"
#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_RESOLVESHAPES
#include "convopt/Transforms/Passes.h.inc"

/// `value` before casts that forget sizes.
static Value knownBest(Value value) {
  if (auto cast = value.getDefiningOp<tensor::CastOp>())
    if (tensor::preservesStaticInformation(cast.getType(),
                                           cast.getSource().getType()))
      return cast.getSource();
  return value;
}

namespace {
struct StaticConcat : OpRewritePattern<tensor::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getType().hasStaticShape())
      return failure();
    auto inputs = llvm::map_to_vector(op.getInputs(), knownBest);
    RankedTensorType type =
        op.inferResultType(op.getDim(), ValueRange(inputs).getTypes());
    if (!type.hasStaticShape())
      return failure();
    Value whole = rewriter.create<tensor::ConcatOp>(op.getLoc(), type,
                                                    op.getDim(), inputs);
    rewriter.replaceOpWithNewOp<tensor::CastOp>(op, op.getType(), whole);
    return success();
  }
};

/// An expansion of what is known to constant sizes, of which each group may
/// leave one open.
struct StaticExpand : OpRewritePattern<tensor::ExpandShapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExpandShapeOp op,
                                PatternRewriter &rewriter) const override {
    Value source = knownBest(op.getSrc());
    auto known = cast<RankedTensorType>(source.getType());
    if (op.getType().hasStaticShape() || !known.hasStaticShape())
      return failure();
    SmallVector<int64_t> shape;
    for (OpFoldResult size : getMixedValues(op.getStaticOutputShape(),
                                            op.getOutputShape(), rewriter))
      shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
    for (auto [size, group] :
         llvm::zip_equal(known.getShape(), op.getReassociationIndices())) {
      int64_t product = 1, open = -1;
      for (int64_t d : group)
        if (!ShapedType::isDynamic(shape[d]))
          product *= shape[d];
        else if (std::exchange(open, d) >= 0)
          return failure();
      if (open >= 0 && product > 0)
        product *= shape[open] = size / product;
      if (product != size)
        return failure();
    }
    Value expanded = rewriter.create<tensor::ExpandShapeOp>(
        op.getLoc(), known.clone(shape), source, op.getReassociationIndices());
    rewriter.replaceOpWithNewOp<tensor::CastOp>(op, op.getType(), expanded);
    return success();
  }
};

/// A reshape to sizes in a tensor, where these are constant, goes by way of one
/// dimension, from which others can see through it.
struct StaticReshape : OpRewritePattern<tensor::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    Value source = knownBest(op.getSource());
    auto known = dyn_cast<RankedTensorType>(source.getType());
    DenseIntElementsAttr sizes;
    if (!known || !known.hasStaticShape() || known.getRank() == 0 ||
        !matchPattern(op.getShape(), m_Constant(&sizes)))
      return failure();
    SmallVector<int64_t> shape;
    int64_t product = 1;
    for (const APInt &size : sizes.getValues<APInt>()) {
      shape.push_back(size.getSExtValue());
      product *= shape.back();
    }
    if (shape.empty() || product != known.getNumElements() ||
        llvm::any_of(shape, [](int64_t size) { return size < 0; }))
      return failure();
    auto allOf = [](size_t rank) {
      SmallVector<ReassociationIndices> all(1);
      llvm::append_range(all[0], llvm::seq<int64_t>(0, rank));
      return all;
    };
    Value line = known.getRank() == 1
                     ? source
                     : rewriter.create<tensor::CollapseShapeOp>(
                           op.getLoc(), source, allOf(known.getRank()));
    Value shaped = shape.size() == 1 ? line
                                     : rewriter.create<tensor::ExpandShapeOp>(
                                           op.getLoc(), known.clone(shape),
                                           line, allOf(shape.size()));
    rewriter.replaceOpWithNewOp<tensor::CastOp>(op, op.getType(), shaped);
    return success();
  }
};
} // namespace

/// Whether the shape of a result or a place in a tensor is left open by `op`.
static bool isOpen(Operation *op) {
  auto hasOpenShape = [](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    return shaped && !shaped.hasStaticShape();
  };
  return isa<tensor::ExtractOp, tensor::ReshapeOp>(op) ||
         llvm::any_of(op->getResultTypes(), hasOpenShape);
}

void resolveShapes(Operation *root) {
  auto walked = root->walk([](Operation *op) {
    return isOpen(op) ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (!walked.wasInterrupted())
    return;
  MLIRContext *context = root->getContext();
  RewritePatternSet patterns(context);
  populateFoldIntegers(patterns);
  patterns.add<StaticConcat, StaticExpand, StaticReshape>(context);
  for (Dialect *dialect : context->getLoadedDialects())
    dialect->getCanonicalizationPatterns(patterns);
  for (RegisteredOperationName name : context->getRegisteredOperations())
    name.getCanonicalizationPatterns(patterns, context);
  GreedyRewriteConfig config;
  // What is known goes from definitions to uses.
  config.useTopDownTraversal = true;
  // Like the canonicaliser, as far as it gets.
  (void)applyPatternsAndFoldGreedily(root, std::move(patterns), config);
}

namespace {
struct ResolveShapes : impl::ResolveShapesBase<ResolveShapes> {
  void runOnOperation() override { resolveShapes(getOperation()); }
};
} // namespace
} // namespace convopt
