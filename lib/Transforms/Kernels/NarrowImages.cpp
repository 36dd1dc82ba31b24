// A convolution in bf16 rounds its image before it multiplies. Where all that
// read an image do that, whoever writes it may as well: the numbers that are
// multiplied are the same, half the bytes go to memory and come back, and no
// convolution has to make a copy for it. So the rounding stands as an
// element-wise operation behind the image's own, in whose kernel it then is,
// and convolutions have operands of halves, which the operation extends: that
// product of a rounded image with a filter in single precision is what their
// primitive computes. Padding in between pads halves, reshapes move them, and
// the maximum of windows is of halves, which are in the same order. An image
// whose elements have been halves before they were extended is stored as these
// for element-wise readers, too, and bf16 for depthwise convolutions.

#include "convopt/Transforms/NarrowImages.h"
#include "convopt/IR/Constants.h"
#include "convopt/Transforms/Passes.h"
#include "convopt/Transforms/RoundedImages.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_NARROWIMAGES
#include "convopt/Transforms/Passes.h.inc"

/// `image`, each element rounded to `type`.
static Value rounded(OpBuilder &builder, Value image, Type type) {
  Location loc = image.getLoc();
  auto from = cast<RankedTensorType>(image.getType());
  const int64_t rank = from.getRank();
  Value empty = builder.create<tensor::EmptyOp>(loc, from.getShape(), type);
  SmallVector<AffineMap> maps(2, builder.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  return builder
      .create<linalg::GenericOp>(
          loc, empty.getType(), image, empty, maps, loops,
          [&](OpBuilder &inner, Location loc, ValueRange arguments) {
            auto half = inner.create<arith::TruncFOp>(loc, type, arguments[0]);
            markRounding(half);
            inner.create<linalg::YieldOp>(loc, half.getResult());
          })
      .getResult(0);
}

/// The padding of `image`, which is of another type than what `pad` padded.
static Value padded(OpBuilder &builder, tensor::PadOp pad, Value image) {
  auto element = cast<FloatType>(getElementTypeOrSelf(image));
  // The maximum of windows is of padding, too, and of nothing else if that is
  // the largest: what it is rounded to is.
  llvm::APFloat number(getSplat(pad.getConstantPaddingValue()).value_or(0));
  bool loses;
  number.convert(element.getFloatSemantics(),
                 llvm::RoundingMode::NearestTiesToEven, &loses);
  Value constant = builder.create<arith::ConstantOp>(
      pad.getLoc(), builder.getFloatAttr(element, number));
  return builder.create<tensor::PadOp>(
      pad.getLoc(), pad.getResultType().clone(element), image,
      pad.getMixedLowPad(), pad.getMixedHighPad(), constant, pad.getNofold());
}

/// What computes `image` with `half` as its result, which it has extended.
static Value withoutExtension(OpBuilder &builder, Value image, Value half) {
  auto op = image.getDefiningOp<linalg::GenericOp>();
  auto type = cast<RankedTensorType>(image.getType()).clone(half.getType());
  Value empty = builder.create<tensor::EmptyOp>(op.getLoc(), type.getShape(),
                                                half.getType());
  auto narrower = builder.create<linalg::GenericOp>(
      op.getLoc(), type, op.getInputs(), empty, op.getIndexingMapsArray(),
      op.getIteratorTypesArray());
  narrower.getRegion().takeBody(op.getRegion());
  Block &body = narrower.getRegion().front();
  body.getArguments().back().setType(half.getType());
  body.getTerminator()->setOperand(0, half);
  return narrower.getResult(0);
}

/// Has the body behind `use`, which reads an element of single precision, read
/// one of `image`, of halves, and extend it.
static void readHalves(OpBuilder &builder, OpOperand &use, Value image) {
  Operation *op = use.getOwner();
  use.set(image);
  Block &body = op->getRegion(0).front();
  BlockArgument element = body.getArgument(use.getOperandNumber());
  Type full = element.getType();
  element.setType(getElementTypeOrSelf(image));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&body);
  // Who begins by rounding it has what it rounds it to.
  if (element.hasOneUse())
    if (auto again = dyn_cast<arith::TruncFOp>(*element.user_begin());
        again && again.getType() == element.getType()) {
      again.replaceAllUsesWith(Value(element));
      again.erase();
      return;
    }
  auto extended = builder.create<arith::ExtFOp>(op->getLoc(), full, element);
  element.replaceAllUsesExcept(extended, extended);
}

static SmallVector<OpOperand *> usesOf(Value value) {
  SmallVector<OpOperand *> uses;
  for (OpOperand &use : value.getUses())
    uses.push_back(&use);
  return uses;
}

/// Has `uses`, of one image, read `halves`.
static void readHalves(OpBuilder &builder, Value halves,
                       ArrayRef<OpOperand *> uses) {
  for (OpOperand *use : uses) {
    Operation *op = use->getOwner();
    builder.setInsertionPoint(op);
    if (auto pad = dyn_cast<tensor::PadOp>(op)) {
      readHalves(builder, *pad->use_begin(), padded(builder, pad, halves));
      pad.erase();
    } else if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op)) {
      Operation *reshape = builder.clone(*op);
      reshape->setOperand(0, halves);
      Value moved = reshape->getResult(0);
      moved.setType(cast<RankedTensorType>(moved.getType())
                        .clone(getElementTypeOrSelf(halves)));
      readHalves(builder, moved, usesOf(op->getResult(0)));
      op->erase();
    } else {
      readHalves(builder, *use, halves);
    }
  }
}

static void narrow(Value image, Type type) {
  const SmallVector<OpOperand *> uses = usesOf(image);
  OpBuilder builder(image.getContext());
  Operation *op = image.getDefiningOp();
  Value half = yieldedHalf(op), halves;
  if (half) {
    builder.setInsertionPoint(op);
    halves = withoutExtension(builder, image, half);
  } else {
    builder.setInsertionPointAfter(op);
    halves = rounded(builder, image, type);
  }
  readHalves(builder, halves, uses);
  if (half)
    op->erase();
}

/// The halves that `image` may be stored as, if any.
static Type halvesFor(Value image) {
  Type held = heldHalves(image);
  if (!held)
    return roundedType(image);
  return mayBeStoredAs(held, image) ? held : Type();
}

void narrowImages(ModuleOp module) {
  SmallVector<std::pair<Value, Type>> images;
  module.walk([&](linalg::LinalgOp op) {
    // One that only moves elements is a kernel of its own.
    if (op->getNumResults() != 1 || isa<linalg::TransposeOp>(op))
      return;
    Value image = op->getResult(0);
    auto type = dyn_cast<RankedTensorType>(image.getType());
    if (type && type.hasStaticShape() && type.getElementType().isF32())
      if (Type halves = halvesFor(image))
        images.emplace_back(image, halves);
  });
  for (auto [image, type] : images)
    narrow(image, type);
}

namespace {
struct NarrowImages : impl::NarrowImagesBase<NarrowImages> {
  void runOnOperation() override { narrowImages(getOperation()); }
};
} // namespace
} // namespace convopt
