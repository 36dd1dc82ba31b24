// A padded image that is stored is written once and read back; one that is
// padded as it is read costs some comparisons at its border. A kernel can do
// the second only with a padding that is its own. Where several branches pad
// one image alike, as in Inception's modules, common subexpression elimination
// makes one padding of them; here each reader that slides a window gets its own
// back.

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
