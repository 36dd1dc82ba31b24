// A convolution in bf16 rounds its image before it multiplies. Where all that
// read an image do that, whoever writes it may as well: the numbers that are
// multiplied are the same, half the bytes go to memory and come back, and no
// convolution has to make a copy for it. So the rounding stands as an
// element-wise operation behind the image's own, in whose kernel it then is,
// and convolutions have operands of halves, which the operation extends: that
// product of a rounded image with a filter in single precision is what their
// primitive computes. Padding in between pads halves.

#include "convopt/Transforms/NarrowImages.h"
#include "convopt/IR/InferConvLayer.h"
#include "convopt/Primitives/Annotation.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_NARROWIMAGES
#include "convopt/Transforms/Passes.h.inc"

/// The type that `op` rounds its image to; null if that is no convolution of
/// single precision or its primitive does not round it.
static Type roundedType(Operation *op) {
  auto conv = dyn_cast<linalg::LinalgOp>(op);
  PrimitiveAttr attr =
      ConvoptDialect::PrimitiveAttrHelper(op->getContext()).getAttr(op);
  if (!conv || !attr)
    return nullptr;
  llvm::Expected<Annotation> annotation = readAnnotation(attr);
  if (!annotation) { // Whoever resolves it says why.
    llvm::consumeError(annotation.takeError());
    return nullptr;
  }
  const Precision precision = annotation->precision();
  if (!convertsInput(annotation->primitive->kind(), precision))
    return nullptr;
  std::optional<ConvProblem> layer = getConvLayer(conv);
  if (!layer || !(layer->types == ConvTypes()))
    return nullptr;
  return precision == Precision::BF16
             ? Type(BFloat16Type::get(op->getContext()))
             : Type(Float16Type::get(op->getContext()));
}

/// The type that all convolutions that read `image`, padded or not, round it
/// to; null if there is none, or somebody else reads it.
static Type commonType(Value image) {
  Type common;
  for (OpOperand &use : image.getUses()) {
    Operation *reader = use.getOwner();
    OpOperand *read = &use;
    if (auto pad = dyn_cast<tensor::PadOp>(reader)) {
      if (!pad->hasOneUse())
        return nullptr;
      read = &*pad->use_begin();
      reader = read->getOwner();
    }
    Type type = read->getOperandNumber() == 0 ? roundedType(reader) : nullptr;
    if (!type || (common && common != type))
      return nullptr;
    common = type;
  }
  return common;
}

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
            Value half = inner.create<arith::TruncFOp>(loc, type, arguments[0]);
            inner.create<linalg::YieldOp>(loc, half);
          })
      .getResult(0);
}

/// The padding of `image`, which is of another type than what `pad` padded.
static Value padded(OpBuilder &builder, tensor::PadOp pad, Value image) {
  Type element = getElementTypeOrSelf(image);
  Value zero = builder.create<arith::ConstantOp>(pad.getLoc(),
                                                 builder.getZeroAttr(element));
  return builder.create<tensor::PadOp>(
      pad.getLoc(), pad.getResultType().clone(element), image,
      pad.getMixedLowPad(), pad.getMixedHighPad(), zero, pad.getNofold());
}

/// Has `conv` read `image`, of halves, and extend it.
static void readHalves(OpBuilder &builder, Operation *conv, Value image) {
  conv->setOperand(0, image);
  Block &body = conv->getRegion(0).front();
  BlockArgument element = body.getArgument(0);
  Type full = element.getType();
  element.setType(getElementTypeOrSelf(image));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&body);
  auto extended = builder.create<arith::ExtFOp>(conv->getLoc(), full, element);
  element.replaceAllUsesExcept(extended, extended);
}

static void narrow(Value image, Type type) {
  SmallVector<Operation *> readers(image.getUsers());
  OpBuilder builder(image.getContext());
  builder.setInsertionPointAfterValue(image);
  Value halves = rounded(builder, image, type);
  for (Operation *reader : readers) {
    auto pad = dyn_cast<tensor::PadOp>(reader);
    if (!pad) {
      readHalves(builder, reader, halves);
      continue;
    }
    builder.setInsertionPoint(pad);
    readHalves(builder, *pad->user_begin(), padded(builder, pad, halves));
    pad.erase();
  }
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
      if (Type halves = commonType(image))
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
