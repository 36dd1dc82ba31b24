// Of two convolutions that are added, the later takes the addition into its
// kernel; what the other has summed up goes through memory, four bytes an
// element. A quantised network rounds both to bytes before it adds them. That
// has become a part of the addition, where constants meet; what is rounded is
// parted again here, when it is known that it is stored: one byte is written
// and read. The number that is rounded is the same, and so is the integer.

#include "convopt/Transforms/StoreBytes.h"
#include "../Quantisation/RoundedLimits.h"
#include "OperationKinds.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_STOREBYTES
#include "convopt/Transforms/Passes.h.inc"

namespace {
/// What a body makes of one element: an integer, and how that is stored.
struct Byte {
  Operation *rounded;
  SmallVector<Operation *> steps; ///< up to that, in their order
  int32_t least = 0;              ///< is stored as zero
  bool isSigned = false;
};
} // namespace

/// Whether the steps need nothing but `element` and constants, and nobody else
/// needs `element`.
static bool standAlone(linalg::GenericOp op, const Byte &byte,
                       BlockArgument element) {
  auto isStep = [&](Operation *inner) {
    return llvm::is_contained(byte.steps, inner);
  };
  auto isOwn = [&](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument || argument.getOwner() != op.getBody())
      return true;
    OpOperand &read = op->getOpOperand(argument.getArgNumber());
    return argument == element ||
           read.get().getDefiningOp<arith::ConstantOp>() != nullptr;
  };
  if (element.use_empty() || !llvm::all_of(element.getUsers(), isStep))
    return false;
  return llvm::all_of(byte.steps, [&](Operation *step) {
    return llvm::all_of(step->getOperands(), isOwn) &&
           (step == byte.rounded || llvm::all_of(step->getUsers(), isStep));
  });
}

/// What the body of `op` rounds the element of `use` to, before it does
/// anything else with it: one of 256 integers.
static std::optional<Byte> byteOf(linalg::GenericOp op, OpOperand &use) {
  BlockArgument element = op.getMatchingBlockArgument(&use);
  for (auto rounded : op.getBody()->getOps<math::RoundEvenOp>()) {
    auto limits = roundedLimits(rounded);
    if (!limits || limits->second - limits->first > 255 ||
        !rounded.getType().isF32())
      continue;
    Byte byte{rounded, {}};
    SetVector<Operation *> slice;
    BackwardSliceOptions inBody;
    inBody.inclusive = true;
    inBody.filter = [&](Operation *inner) {
      return inner->getBlock() == op.getBody();
    };
    getBackwardSlice(rounded.getResult(), &slice, inBody);
    byte.steps = slice.takeVector();
    if (!standAlone(op, byte, element))
      continue;
    byte.isSigned = limits->first >= -128 && limits->second <= 127;
    if (!byte.isSigned && (limits->first < 0 || limits->second > 255))
      byte.least = static_cast<int32_t>(limits->first);
    return byte;
  }
  return std::nullopt;
}

/// `integer`, and `number`; itself if that is zero.
static Value plus(OpBuilder &builder, Value integer, int32_t number) {
  if (number == 0)
    return integer;
  Value constant = builder.create<arith::ConstantOp>(
      integer.getLoc(), builder.getI32IntegerAttr(number));
  return builder.create<arith::AddIOp>(integer.getLoc(), integer, constant);
}

/// The bytes, computed behind what computes the operand of `use`. The
/// constants that the steps read stand at the beginning of the block, or where
/// `op` is moves them there.
static Value createBytes(linalg::GenericOp op, OpOperand &use,
                         const Byte &byte) {
  SmallVector<Value> inputs{use.get()};
  SmallVector<AffineMap> maps{op.getMatchingIndexingMap(&use)};
  SmallVector<BlockArgument> read{op.getMatchingBlockArgument(&use)};
  for (Operation *step : byte.steps)
    for (Value value : step->getOperands())
      if (auto argument = dyn_cast<BlockArgument>(value);
          argument && argument.getOwner() == op.getBody() &&
          !llvm::is_contained(read, argument)) {
        OpOperand &operand = op->getOpOperand(argument.getArgNumber());
        read.push_back(argument);
        inputs.push_back(operand.get());
        maps.push_back(op.getMatchingIndexingMap(&operand));
      }
  OpBuilder builder(op.getContext());
  builder.setInsertionPointAfter(use.get().getDefiningOp());
  const Location loc = byte.rounded->getLoc();
  for (Value input : ArrayRef(inputs).drop_front())
    if (input.getDefiningOp()->getBlock() == op->getBlock())
      input.getDefiningOp()->moveBefore(&op->getBlock()->front());
  auto type = cast<RankedTensorType>(use.get().getType());
  Value empty = builder.create<tensor::EmptyOp>(loc, type.getShape(),
                                                builder.getI8Type());
  maps.push_back(maps.front());
  auto body = [&](OpBuilder &inner, Location at, ValueRange elements) {
    IRMapping mapping;
    for (auto [argument, element] : llvm::zip(read, elements))
      mapping.map(argument, element);
    for (Operation *step : byte.steps)
      inner.clone(*step, mapping);
    Value integer = inner.create<arith::FPToSIOp>(
        at, inner.getI32Type(), mapping.lookup(byte.rounded->getResult(0)));
    Value stored = inner.create<arith::TruncIOp>(
        at, inner.getI8Type(), plus(inner, integer, -byte.least));
    inner.create<linalg::YieldOp>(at, stored);
  };
  return builder
      .create<linalg::GenericOp>(loc, empty.getType(), inputs, empty, maps,
                                 op.getIteratorTypesArray(), body)
      .getResult(0);
}

/// Has the body of `op` read `bytes` in place of what it rounds to them.
static void readBytes(linalg::GenericOp op, OpOperand &use, const Byte &byte,
                      Value bytes) {
  use.set(bytes);
  BlockArgument element = op.getMatchingBlockArgument(&use);
  OpBuilder builder(byte.rounded);
  const Location loc = byte.rounded->getLoc();
  Type i32 = builder.getI32Type();
  Value integer;
  if (byte.isSigned)
    integer = builder.create<arith::ExtSIOp>(loc, i32, element);
  else
    integer = builder.create<arith::ExtUIOp>(loc, i32, element);
  Value number =
      builder.create<arith::SIToFPOp>(loc, byte.rounded->getResult(0).getType(),
                                      plus(builder, integer, byte.least));
  byte.rounded->getResult(0).replaceAllUsesWith(number);
  for (Operation *step : llvm::reverse(byte.steps))
    if (isOpTriviallyDead(step))
      step->erase();
  element.setType(builder.getI8Type());
}

void storeBytes(ModuleOp module) {
  SmallVector<linalg::GenericOp> ops;
  module.walk([&](linalg::GenericOp op) {
    if (isElementwise(op) && op.hasPureTensorSemantics() &&
        !op.hasDynamicShape())
      ops.push_back(op);
  });
  for (linalg::GenericOp op : ops)
    for (OpOperand *use : storedOperands(op)) {
      if (!use->get().hasOneUse())
        continue;
      if (std::optional<Byte> byte = byteOf(op, *use))
        readBytes(op, *use, *byte, createBytes(op, *use, *byte));
    }
}

namespace {
struct StoreBytes : impl::StoreBytesBase<StoreBytes> {
  void runOnOperation() override { storeBytes(getOperation()); }
};
} // namespace
} // namespace convopt
