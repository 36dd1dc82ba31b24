// Who reads an image, and what of it. What only moves elements hands on who
// reads them, and so does a maximum of windows: rounding keeps the order, so
// that the largest of rounded numbers is the largest, rounded.

#include "ImageReaders.h"
#include "Kernels/OperationKinds.h"
#include "convopt/IR/Constants.h"
#include "convopt/IR/InferConvLayer.h"
#include "convopt/Primitives/Annotation.h"
#include "convopt/Transforms/RoundedImages.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

namespace {
/// A convolution of single precision, and what was chosen for it.
struct Reader {
  Annotation annotation;
  ConvProblem layer;
};
} // namespace

/// That which reads an image through `use`, padding being a part of its layer.
static std::optional<Reader> convolutionBehind(OpOperand &use) {
  OpOperand *read = &use;
  auto pad = dyn_cast<tensor::PadOp>(use.getOwner());
  if (pad && pad->hasOneUse())
    read = &*pad->use_begin();
  Operation *op = read->getOwner();
  auto conv = dyn_cast<linalg::LinalgOp>(op);
  PrimitiveAttr attr =
      ConvoptDialect::PrimitiveAttrHelper(op->getContext()).getAttr(op);
  if (!conv || !attr || read->getOperandNumber() != 0)
    return std::nullopt;
  llvm::Expected<Annotation> annotation = readAnnotation(attr);
  if (!annotation) { // Whoever resolves it says why.
    llvm::consumeError(annotation.takeError());
    return std::nullopt;
  }
  std::optional<ConvOp> matched = matchConvolution(conv);
  if (!matched || !(matched->layer.types == ConvTypes()) || matched->pad != pad)
    return std::nullopt;
  return Reader{*annotation, matched->layer};
}

Type typeConvolved(OpOperand &use) {
  std::optional<Reader> reader = convolutionBehind(use);
  if (!reader)
    return nullptr;
  const Precision precision = reader->annotation.precision();
  if (!convertsInput(reader->annotation.primitive->kind(), precision))
    return nullptr;
  MLIRContext *context = use.getOwner()->getContext();
  return precision == Precision::BF16 ? Type(BFloat16Type::get(context))
                                      : Type(Float16Type::get(context));
}

bool isReadByDepthwise(OpOperand &use) {
  std::optional<Reader> reader = convolutionBehind(use);
  return reader &&
         reader->annotation.primitive->kind() == PrimitiveKind::Depthwise &&
         reader->annotation.precision() == Precision::Full &&
         reader->annotation.input == Layout::NHWC &&
         reader->layer.outChannels == 1;
}

/// The type that an element-wise operation rounds what it reads through `use`
/// to before it does anything else with it, if that goes through memory.
static Type typeRoundedTo(OpOperand &use) {
  auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
  if (!op || !isElementwise(op) ||
      !llvm::is_contained(storedOperands(op), &use))
    return nullptr;
  BlockArgument element = op.getMatchingBlockArgument(&use);
  auto rounding = element.hasOneUse()
                      ? dyn_cast<arith::TruncFOp>(*element.user_begin())
                      : nullptr;
  return rounding && element.getType().isF32() ? rounding.getType() : Type();
}

bool isMaximum(linalg::LinalgOp op) {
  if (!op || op->getNumResults() != 1 || op.getNumReductionLoops() == 0)
    return false;
  Block &body = op->getRegion(0).front();
  if (!llvm::hasNItems(body.without_terminator(), 1) ||
      !isa<arith::MaxNumFOp, arith::MaximumFOp>(body.front()))
    return false;
  auto reads = [&](Value value) {
    return llvm::is_contained(body.front().getOperands(), value);
  };
  return reads(body.getArgument(0)) && reads(body.getArguments().back()) &&
         body.getTerminator()->getOperand(0) == body.front().getResult(0);
}

/// What `use`, of a reshape or, padded or not, of a maximum, hands on: if that
/// is rounded, the image may as well be rounded before. Null for others.
static Value passedOn(OpOperand &use) {
  Operation *op = use.getOwner();
  if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op))
    return op->getResult(0);
  OpOperand *read = &use;
  if (auto pad = dyn_cast<tensor::PadOp>(op)) {
    if (!pad->hasOneUse() || !pad.getConstantPaddingValue() ||
        !getSplat(pad.getConstantPaddingValue()))
      return nullptr;
    read = &*pad->use_begin();
  }
  auto pool = dyn_cast<linalg::LinalgOp>(read->getOwner());
  return read->getOperandNumber() == 0 && isMaximum(pool) ? pool->getResult(0)
                                                          : Value();
}

/// As roundedType(); fails where that is null because of somebody who reads it.
static FailureOr<Type>
commonType(Value image, llvm::function_ref<bool(OpOperand &)> mayRead) {
  Type common;
  for (OpOperand &use : image.getUses()) {
    if (mayRead && mayRead(use))
      continue;
    Type type;
    if (Value passed = passedOn(use)) {
      FailureOr<Type> behind = commonType(passed, mayRead);
      if (failed(behind))
        return failure();
      type = *behind;
      if (!type)
        continue;
    } else {
      type = typeConvolved(use);
      if (!type)
        type = typeRoundedTo(use);
    }
    if (!type || (common && common != type))
      return failure();
    common = type;
  }
  return common;
}

Type roundedType(Value image, llvm::function_ref<bool(OpOperand &)> mayRead) {
  FailureOr<Type> type = commonType(image, mayRead);
  return succeeded(type) ? *type : Type();
}

bool mayBeStoredAs(Type halves, Value image) {
  bool hasReader = false;
  FailureOr<Type> type = commonType(image, [&](OpOperand &use) {
    const bool depthwise = halves.isBF16() && isReadByDepthwise(use);
    hasReader |= depthwise;
    return depthwise || isReadElementwise(use);
  });
  return succeeded(type) && (*type == halves || (!*type && hasReader));
}

bool isReadElementwise(OpOperand &use) {
  auto generic = dyn_cast<linalg::GenericOp>(use.getOwner());
  return generic && isElementwise(generic) && generic.isDpsInput(&use) &&
         generic.getMatchingIndexingMap(&use).isPermutation();
}

} // namespace convopt
