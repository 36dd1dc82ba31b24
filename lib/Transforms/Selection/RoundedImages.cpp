// Where convolutions in bf16 are not the only ones that read an image, as in a
// residual network, whose blocks add it to what comes of it, it can be stored
// as bf16 only if the others read rounded numbers, too. That is one more error,
// which nobody has paid for yet: so it is made visible in the program, as two
// casts at the end of what computes the image. Whether the outputs bear it is
// seen by running a copy with the same casts; and what stores images later need
// not know why all elements of one are halves.

#include "convopt/Transforms/RoundedImages.h"
#include "Kernels/OperationKinds.h"
#include "NestedBlocks.h"
#include "convopt/IR/InferConvLayer.h"
#include "convopt/Primitives/Annotation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {

/// The type that the reader behind `use` rounds that image to, padding being a
/// part of its layer; null if it is no convolution of single precision or its
/// primitive does not round it.
static Type typeReadBy(OpOperand &use) {
  OpOperand *read = &use;
  auto pad = dyn_cast<tensor::PadOp>(use.getOwner());
  if (pad && pad->hasOneUse())
    read = &*pad->use_begin();
  Operation *op = read->getOwner();
  auto conv = dyn_cast<linalg::LinalgOp>(op);
  PrimitiveAttr attr =
      ConvoptDialect::PrimitiveAttrHelper(op->getContext()).getAttr(op);
  if (!conv || !attr || read->getOperandNumber() != 0)
    return nullptr;
  llvm::Expected<Annotation> annotation = readAnnotation(attr);
  if (!annotation) { // Whoever resolves it says why.
    llvm::consumeError(annotation.takeError());
    return nullptr;
  }
  const Precision precision = annotation->precision();
  if (!convertsInput(annotation->primitive->kind(), precision))
    return nullptr;
  std::optional<ConvOp> matched = matchConvolution(conv);
  if (!matched || !(matched->layer.types == ConvTypes()) || matched->pad != pad)
    return nullptr;
  return precision == Precision::BF16
             ? Type(BFloat16Type::get(op->getContext()))
             : Type(Float16Type::get(op->getContext()));
}

Type roundedType(Value image, llvm::function_ref<bool(OpOperand &)> mayRead) {
  Type common;
  for (OpOperand &use : image.getUses()) {
    if (mayRead && mayRead(use))
      continue;
    Type type = typeReadBy(use);
    if (!type || (common && common != type))
      return nullptr;
    common = type;
  }
  return common;
}

bool isReadElementwise(OpOperand &use) {
  auto generic = dyn_cast<linalg::GenericOp>(use.getOwner());
  return generic && isElementwise(generic) && generic.isDpsInput(&use) &&
         generic.getMatchingIndexingMap(&use).isPermutation();
}

/// Calls `each` with the place of every linalg.generic of `func`.
static void
forEachGeneric(func::FuncOp func,
               llvm::function_ref<void(int64_t, linalg::GenericOp)> each) {
  int64_t place = 0;
  for (Block *block : programBlocks(func))
    for (auto op :
         llvm::make_early_inc_range(block->getOps<linalg::GenericOp>()))
      each(place++, op);
}

std::vector<int64_t> roundableImages(func::FuncOp func) {
  std::vector<int64_t> found;
  forEachGeneric(func, [&](int64_t place, linalg::GenericOp op) {
    if (!isElementwise(op) || !getElementTypeOrSelf(op.getResult(0)).isF32())
      return;
    Type type = roundedType(op.getResult(0), isReadElementwise);
    // Those that only convolutions read are rounded as it is.
    if (type && type.isBF16() && !roundedType(op.getResult(0)))
      found.push_back(place);
  });
  return found;
}

void roundImages(func::FuncOp func, ArrayRef<int64_t> images) {
  forEachGeneric(func, [&](int64_t place, linalg::GenericOp op) {
    if (!llvm::is_contained(images, place))
      return;
    Operation *yield = op.getBody()->getTerminator();
    OpBuilder builder(yield);
    Value exact = yield->getOperand(0);
    auto half = builder.create<arith::TruncFOp>(op.getLoc(),
                                                builder.getBF16Type(), exact);
    markRounding(half);
    yield->setOperand(0, builder.create<arith::ExtFOp>(
                             op.getLoc(), exact.getType(), half.getResult()));
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

} // namespace convopt
