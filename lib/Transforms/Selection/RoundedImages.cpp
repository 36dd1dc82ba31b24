// Where convolutions in bf16 are not the only ones that read an image, as in a
// residual network, whose blocks add it to what comes of it, it can be stored
// as bf16 only if the others read rounded numbers, too. That is one more error,
// which nobody has paid for yet: so it is made visible in the program, as two
// casts at the end of what computes the image. Whether the outputs bear it is
// seen by running a copy with the same casts; and what stores images later need
// not know why all elements of one are halves. The sums of a convolution that
// only an addition reads go through memory, too, if another convolution takes
// that addition: there the casts are at the beginning of what reads them.
//
// What only moves elements hands on who reads them, and so does a maximum of
// windows: rounding keeps the order, so that the largest of rounded numbers is
// the largest, rounded.

#include "convopt/Transforms/RoundedImages.h"
#include "Kernels/OperationKinds.h"
#include "NestedBlocks.h"
#include "convopt/IR/Constants.h"
#include "convopt/IR/InferConvLayer.h"
#include "convopt/Primitives/Annotation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

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

/// The type that the convolution behind `use` rounds that image to; null if it
/// is none of single precision or its primitive does not round it.
static Type typeConvolved(OpOperand &use) {
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

/// Whether `op` takes the largest of windows, or of whatever it reads.
static bool isMaximum(linalg::LinalgOp op) {
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
    const bool depthwise = isReadByDepthwise(use);
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
