// What a front end leaves to be computed of constants alone, such as the root
// of a variance, is computed once. Only what IEEE 754 rounds correctly is
// computed, since an exponential of the host's libm would make the object
// depend on where it was compiled; such operations stay. Nor is a small
// constant made a large one: a broadcast costs nothing where it is read, its
// result would be read from memory. Reshapes of constants share the data, and
// data that nobody refers to any longer is freed at once: a model's weights
// would otherwise be held twice.

#include "ReleaseResources.h"
#include "ScalarProgram.h"
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

/// For each loop, by how many elements of a tensor `map` moves on, or nothing
/// if `map` is not made of loops and constant zeros.
static std::optional<SmallVector<int64_t>> getStrides(AffineMap map,
                                                      ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(map.getNumDims(), 0);
  int64_t stride = 1;
  for (int64_t d = shape.size() - 1; d >= 0; --d) {
    AffineExpr expr = map.getResult(d);
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      strides[dim.getPosition()] += stride;
    else if (expr != getAffineConstantExpr(0, map.getContext()))
      return std::nullopt;
    stride *= shape[d];
  }
  return strides;
}

/// Calls `body` with the offsets into all operands for each point of the
/// loops, the last loop innermost.
static void forEachPoint(ArrayRef<int64_t> trips,
                         ArrayRef<SmallVector<int64_t>> strides,
                         function_ref<void(ArrayRef<int64_t>)> body) {
  SmallVector<int64_t> index(trips.size(), 0), offsets(strides.size(), 0);
  int64_t count = 1;
  for (int64_t trip : trips)
    count *= trip;
  for (int64_t i = 0; i < count; ++i) {
    body(offsets);
    for (int64_t d = trips.size() - 1; d >= 0; --d) {
      bool wraps = ++index[d] == trips[d];
      int64_t step = wraps ? 1 - trips[d] : 1;
      for (auto [offset, stride] : llvm::zip_equal(offsets, strides))
        offset += step * stride[d];
      if (!wraps)
        break;
      index[d] = 0;
    }
  }
}

/// Elements computed at compile time are neither many nor more than what they
/// are computed from. Broadcasts stay: they cost nothing where they are read,
/// and the initial value of a convolution is recognised by them.
static bool isWorthwhile(linalg::LinalgOp op, int64_t elements, bool copies) {
  const int64_t few = 1024, many = 1 << 22;
  int64_t largest = 0;
  for (OpOperand *input : op.getDpsInputOperands())
    if (auto type = dyn_cast<RankedTensorType>(input->get().getType()))
      largest = std::max(largest, type.getNumElements());
  if (copies)
    return elements <= largest;
  return elements <= few || (elements <= largest && elements <= many);
}

static Value foldLinalg(linalg::LinalgOp op, OpBuilder &builder) {
  if (!op.hasPureTensorSemantics() || op->getNumResults() != 1 ||
      op.getNumDpsInputs() == 0 || op.getNumParallelLoops() != op.getNumLoops())
    return nullptr;
  OpOperand *init = op.getDpsInitOperand(0);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<int64_t> trips = op.getStaticLoopRanges();
  if (!type.getElementType().isF32() || !type.hasStaticShape() ||
      op.payloadUsesValueFromOperand(init) || type.getNumElements() == 0)
    return nullptr;
  Block &body = op->getRegion(0).front();
  Value yielded = body.getTerminator()->getOperand(0);
  bool copies = yielded == body.getArgument(0) && op.getNumDpsInputs() == 1;
  if (!isWorthwhile(op, type.getNumElements(), copies))
    return nullptr;
  std::optional<ScalarProgram> program = ScalarProgram::compile(body);
  if (!program)
    return nullptr;

  std::vector<std::vector<float>> inputs;
  SmallVector<SmallVector<int64_t>> strides;
  for (OpOperand &operand : op->getOpOperands()) {
    auto shaped = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!shaped)
      return nullptr;
    if (&operand != init) {
      std::optional<std::vector<float>> data = getConstantFloats(operand.get());
      if (!data)
        return nullptr;
      inputs.push_back(std::move(*data));
    }
    auto own =
        getStrides(op.getMatchingIndexingMap(&operand), shaped.getShape());
    if (!own)
      return nullptr;
    strides.push_back(*own);
  }
  std::vector<float> result(type.getNumElements());
  SmallVector<float> arguments(inputs.size() + 1, 0.0f);
  forEachPoint(trips, strides, [&](ArrayRef<int64_t> offsets) {
    for (auto [i, input] : llvm::enumerate(inputs))
      arguments[i] = input[offsets[i]];
    result[offsets.back()] = copies ? arguments[0] : program->run(arguments);
  });
  if (llvm::all_equal(result)) // Keep what everything else recognises.
    return builder.create<arith::ConstantOp>(
        op.getLoc(), DenseElementsAttr::get(type, result.front()));
  return createConstant(builder, op.getLoc(), type, "folded",
                        std::move(result));
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
    return foldLinalg(linalgOp, builder);
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
