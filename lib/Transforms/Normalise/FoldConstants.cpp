// What a front end leaves to be computed of constants alone, such as the root
// of a variance, is computed once. Only what IEEE 754 rounds correctly is
// computed, since an exponential of the host's libm would make the object
// depend on where it was compiled; such operations stay. Nor is a small
// constant made a large one: a broadcast costs nothing where it is read, its
// result would be read from memory. Reshapes of constants share the data, and
// data that nobody refers to any longer is freed at once: a model's weights
// would otherwise be held twice.

#include "FoldElementwise.h"
#include "ReleaseResources.h"
#include "convopt/IR/Constants.h"
#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "convopt/Transforms/Passes.h.inc"

/// The same elements under another shape; resources are shared, not copied.
static ElementsAttr withShape(ElementsAttr attr, RankedTensorType type) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  if (auto dense = dyn_cast<DenseElementsAttr>(attr))
    return dense.reshape(type);
  return nullptr;
}

static Value foldReshape(Operation *op, OpBuilder &builder) {
  ElementsAttr attr;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!matchPattern(op->getOperand(0), m_Constant(&attr)) ||
      !type.hasStaticShape())
    return nullptr;
  ElementsAttr reshaped = withShape(attr, type);
  if (!reshaped)
    return nullptr;
  return builder.create<arith::ConstantOp>(op->getLoc(), reshaped);
}

/// A broadcast of equal elements is what everybody knows as a fill.
static Value foldBroadcast(linalg::BroadcastOp op, OpBuilder &builder) {
  DenseElementsAttr attr;
  if (!matchPattern(op.getInput(), m_Constant(&attr)) || !attr.isSplat())
    return nullptr;
  Value value = builder.create<arith::ConstantOp>(
      op.getLoc(), cast<TypedAttr>(attr.getSplatValue<Attribute>()));
  return builder.create<linalg::FillOp>(op.getLoc(), value, op.getInit())
      .getResult(0);
}

/// What `op` can be replaced by, or null.
static Value fold(Operation *op, OpBuilder &builder) {
  if (auto broadcast = dyn_cast<linalg::BroadcastOp>(op))
    return foldBroadcast(broadcast, builder);
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return foldElementwise(linalgOp, builder);
  return foldReshape(op, builder);
}

void foldConstants(ModuleOp module) {
  ResourceReleaser releaser(module);
  SmallVector<Operation *> candidates;
  module.walk([&](Operation *op) {
    if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op) ||
        (isa<linalg::LinalgOp>(op) && !isa<linalg::FillOp>(op)))
      candidates.push_back(op);
  });
  for (Operation *op : candidates) {
    OpBuilder builder(op);
    Value value = fold(op, builder);
    if (!value)
      continue;
    op->getResult(0).replaceAllUsesWith(value);
    op->erase();
  }
  releaser.releaseUnused();
}

namespace {
struct FoldConstants : impl::FoldConstantsBase<FoldConstants> {
  void runOnOperation() override { foldConstants(getOperation()); }
};
} // namespace
} // namespace convopt
