#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_UNSHAREPADS
#include "convopt/Transforms/Passes.h.inc"

void unsharePads(Operation *op) {
  SmallVector<tensor::PadOp> pads;
  op->walk([&](tensor::PadOp pad) { pads.push_back(pad); });
  for (tensor::PadOp pad : pads)
    for (OpOperand &use : llvm::make_early_inc_range(pad->getUses())) {
      if (pad->hasOneUse())
        break;
      auto reader = dyn_cast<linalg::LinalgOp>(use.getOwner());
      if (!reader || reader.getNumReductionLoops() == 0)
        continue;
      OpBuilder builder(reader);
      use.set(cast<tensor::PadOp>(builder.clone(*pad)));
    }
}

namespace {
struct UnsharePads : impl::UnsharePadsBase<UnsharePads> {
  void runOnOperation() override { unsharePads(getOperation()); }
};
} // namespace
} // namespace convopt
