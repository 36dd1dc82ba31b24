// A function that returns tensors would allocate them; the caller has memory
// for them already. This is done on tensors, because after bufferization it is
// too late: a result has a buffer of its own by then, and all that is left to
// do is to copy it. Materialised in its destination before, it is computed
// there.

#include "OneBlock.h"
#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace convopt {
#define GEN_PASS_DEF_OUTPUTSTOARGUMENTS
#include "convopt/Transforms/Passes.h.inc"
} // namespace convopt

using namespace mlir;

namespace convopt {

void moveOutputsToArguments(func::FuncOp func) {
  OpBuilder builder(func.getContext());
  for (unsigned i : llvm::seq(func.getNumArguments()))
    if (isa<TensorType>(func.getArgument(i).getType()))
      func.setArgAttr(i, bufferization::BufferizationDialect::kWritableAttrName,
                      builder.getBoolAttr(false));

  auto result = cast<func::ReturnOp>(func.front().getTerminator());
  builder.setInsertionPoint(result);
  for (auto [i, value] : llvm::enumerate(result.getOperands())) {
    auto type = cast<RankedTensorType>(value.getType());
    unsigned position = func.getNumArguments();
    func.insertArgument(position,
                        MemRefType::get(type.getShape(), type.getElementType()),
                        func.getResultAttrDict(i), value.getLoc());
    // Nothing else sees this memory ("restrict"), so that the value's own
    // buffer can be given up for it.
    builder.create<bufferization::MaterializeInDestinationOp>(
        value.getLoc(), /*result=*/Type(), value, func.getArgument(position),
        /*restrict=*/true, /*writable=*/true);
  }
  BitVector all(func.getNumResults(), true);
  result.getOperandsMutable().clear();
  func.eraseResults(all);
}

namespace {
struct OutputsToArguments : impl::OutputsToArgumentsBase<OutputsToArguments> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (!isOneBlock(func))
      return;
    if (!llvm::all_of(func.getResultTypes(), llvm::IsaPred<RankedTensorType>)) {
      func.emitRemark("has a result that is no ranked tensor and is left as it "
                      "is");
      return;
    }
    moveOutputsToArguments(func);
  }
};
} // namespace

} // namespace convopt
