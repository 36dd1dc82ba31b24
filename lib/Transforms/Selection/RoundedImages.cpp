// Where convolutions in bf16 are not the only ones that read an image, as in a
// residual network, whose blocks add it to what comes of it, it can be stored
// as bf16 only if the others read rounded numbers, too. That is one more error,
// which nobody has paid for yet: so it is made visible in the program, as two
// casts at the end of what computes the image. Whether the outputs bear it is
// seen by running a copy with the same casts; and what stores images later need
// not know why all elements of one are halves. The sums of a convolution that
// only an addition reads go through memory, too, if another convolution takes
// that addition: there the casts are at the beginning of what reads them.

#include "convopt/Transforms/RoundedImages.h"
#include "ImageReaders.h"
#include "Kernels/OperationKinds.h"
#include "NestedBlocks.h"
#include "convopt/IR/Constants.h"
#include "convopt/IR/ConvTypes.h"
#include "convopt/IR/ConvoptDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

/// Calls `each` with every linalg.generic of `func`, and the place of its first
/// operand among those of all.
static void
forEachGeneric(func::FuncOp func,
               llvm::function_ref<void(int64_t, linalg::GenericOp)> each) {
  int64_t place = 0;
  for (Block *block : programBlocks(func))
    for (auto op :
         llvm::make_early_inc_range(block->getOps<linalg::GenericOp>())) {
      each(place, op);
      place += op->getNumOperands();
    }
}

std::vector<int64_t> roundableImages(func::FuncOp func) {
  std::vector<int64_t> found;
  forEachGeneric(func, [&](int64_t place, linalg::GenericOp op) {
    if (!isElementwise(op) || !getElementTypeOrSelf(op.getResult(0)).isF32())
      return;
    Type type = roundedType(op.getResult(0), isReadElementwise);
    // Those that only convolutions read are rounded as it is.
    if (type && type.isBF16() && !roundedType(op.getResult(0)))
      found.push_back(place + op.getNumDpsInputs());
  });
  return found;
}

std::vector<int64_t> roundableForDepthwise(func::FuncOp func, int64_t least) {
  std::vector<int64_t> found;
  const Type half = BFloat16Type::get(func.getContext());
  forEachGeneric(func, [&](int64_t place, linalg::GenericOp op) {
    auto image = dyn_cast<RankedTensorType>(op.getResult(0).getType());
    if (!image || !image.hasStaticShape() || !image.getElementType().isF32() ||
        !isElementwise(op) ||
        bytesOf(ElementType::F32) * image.getNumElements() < least)
      return;
    Value result = op.getResult(0);
    if (mayBeStoredAs(half, result) && !roundedType(result, isReadElementwise))
      found.push_back(place + op.getNumDpsInputs());
  });
  return found;
}

std::vector<int64_t> roundableSums(func::FuncOp func) {
  std::vector<int64_t> found;
  forEachGeneric(func, [&](int64_t place, linalg::GenericOp op) {
    if (!isElementwise(op))
      return;
    for (OpOperand *use : storedOperands(op)) {
      // Of one that multiplies whole numbers the sums are as exact.
      Type type = typeConvolved(use->get().getDefiningOp()->getOpOperand(0));
      if (use->get().hasOneUse() && type && type.isBF16() &&
          getElementTypeOrSelf(use->get()).isF32())
        found.push_back(place + use->getOperandNumber());
    }
  });
  return found;
}

/// `exact`, rounded to bf16 and extended again.
static arith::ExtFOp createRounded(OpBuilder &builder, Value exact) {
  auto half = builder.create<arith::TruncFOp>(exact.getLoc(),
                                              builder.getBF16Type(), exact);
  markRounding(half);
  return builder.create<arith::ExtFOp>(exact.getLoc(), exact.getType(),
                                       half.getResult());
}

void roundImages(func::FuncOp func, ArrayRef<int64_t> images) {
  forEachGeneric(func, [&](int64_t place, linalg::GenericOp op) {
    Block *body = op.getBody();
    for (OpOperand *use : op.getDpsInputOperands()) {
      BlockArgument element = op.getMatchingBlockArgument(use);
      if (!llvm::is_contained(images, place + use->getOperandNumber()))
        continue;
      OpBuilder builder = OpBuilder::atBlockBegin(body);
      arith::ExtFOp rounded = createRounded(builder, element);
      element.replaceAllUsesExcept(rounded, rounded.getIn().getDefiningOp());
    }
    if (!llvm::is_contained(images, place + op.getNumDpsInputs()))
      return;
    Operation *yield = body->getTerminator();
    OpBuilder builder(yield);
    yield->setOperand(0, createRounded(builder, yield->getOperand(0)));
  });
}

void markRounding(arith::TruncFOp op) {
  ConvoptDialect::RoundsOperandAttrHelper(op.getContext())
      .setAttr(op, UnitAttr::get(op.getContext()));
}

Value yieldedHalf(Operation *op) {
  if (!isa<linalg::GenericOp>(op) || !isElementwise(op))
    return nullptr;
  Value yielded = op->getRegion(0).front().getTerminator()->getOperand(0);
  auto extended = yielded.getDefiningOp<arith::ExtFOp>();
  return extended && extended.getType().isF32() ? extended.getIn() : nullptr;
}

/// Whether `value` is one number that `type` holds exactly.
static bool isExactIn(Value value, FloatType type) {
  std::optional<double> number = value ? getSplat(value) : std::nullopt;
  if (!number)
    return false;
  llvm::APFloat rounded(*number);
  bool loses = false;
  rounded.convert(type.getFloatSemantics(),
                  llvm::RoundingMode::NearestTiesToEven, &loses);
  return !loses;
}

Type heldHalves(Value image) {
  Operation *op = image.getDefiningOp();
  if (!op)
    return nullptr;
  if (Value half = yieldedHalf(op))
    return half.getType();
  if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op))
    return heldHalves(op->getOperand(0));
  auto pool = dyn_cast<linalg::LinalgOp>(op);
  if (!isMaximum(pool))
    return nullptr;
  Value source = op->getOperand(0);
  auto pad = source.getDefiningOp<tensor::PadOp>();
  auto type =
      dyn_cast_or_null<FloatType>(heldHalves(pad ? pad.getSource() : source));
  auto fill = pool.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  if (!type || !fill || !isExactIn(fill.getInputs()[0], type) ||
      (pad && !isExactIn(pad.getConstantPaddingValue(), type)))
    return nullptr;
  return type;
}

} // namespace convopt
