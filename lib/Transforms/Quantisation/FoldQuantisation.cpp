// Networks of 8-bit integers come as networks of numbers: each integer tensor
// is made numbers (dequantised), a convolution of numbers follows, and its
// result is made integers again (QuantizeLinear and DequantizeLinear, "QDQ");
// or as operators that say the same in one (QLinearConv), which the import
// writes as differences of integers. Both become the same here, before anything
// computes a filter's numbers: decoding moves towards its uses, products take
// the integers, what is left of decoding and quantising is element by element,
// and is joined to one epilogue as any other.

#include "../Normalise/FoldElementwise.h"
#include "../Normalise/NormalisePatterns.h"
#include "Decoding.h"
#include "QuantisationPatterns.h"
#include "ReleaseResources.h"
#include "convopt/Target/MachineDescription.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_FOLDQUANTISATION
#include "convopt/Transforms/Passes.h.inc"

Activations activationsFor(const MachineDescription &machine) {
  return machine.isX86() ? Activations::Unsigned : Activations::Signed;
}

static void apply(ModuleOp module,
                  function_ref<void(RewritePatternSet &)> populate) {
  RewritePatternSet patterns(module.getContext());
  populate(patterns);
  // What would move in a round more is right where it is.
  (void)applyPatternsAndFoldGreedily(module, std::move(patterns));
}

/// Whether anything is of 8-bit integers.
static bool hasBytes(ModuleOp module) {
  return module
      .walk([](Operation *op) {
        for (Value operand : op->getOperands())
          if (isa<RankedTensorType>(operand.getType()) &&
              getElementTypeOrSelf(operand).isInteger(8))
            return WalkResult::interrupt();
        return WalkResult::advance();
      })
      .wasInterrupted();
}

/// Filters that exporters leave as numbers to be quantised.
static void quantiseConstants(ModuleOp module) {
  SmallVector<linalg::GenericOp> ops;
  module.walk([&](linalg::GenericOp op) {
    if (op->getNumResults() == 1 &&
        getElementTypeOrSelf(op.getResult(0)).isInteger(8))
      ops.push_back(op);
  });
  for (linalg::GenericOp op : ops) {
    OpBuilder builder(op);
    if (Value value = foldElementwise(op, builder)) {
      op.getResult(0).replaceAllUsesWith(value);
      op.erase();
    }
  }
}

/// Decoding costs less than reading what is decoded: each reader gets its own,
/// which it is joined with.
static void unshare(ModuleOp module) {
  SmallVector<linalg::GenericOp> ops;
  module.walk([&](linalg::GenericOp op) {
    if (op->getNumResults() != 1 || op->hasOneUse())
      return;
    std::optional<Decoding> decoding = matchDecoding(op.getResult(0));
    if ((decoding && decoding->isUniform()) || flipped(op.getResult(0)))
      ops.push_back(op);
  });
  for (linalg::GenericOp op : ops)
    for (OpOperand &use : llvm::make_early_inc_range(op->getUses())) {
      if (op->hasOneUse())
        break;
      OpBuilder builder(use.getOwner());
      use.set(builder.clone(*op)->getResult(0));
    }
}

static SmallVector<linalg::LinalgOp> linalgOpsOf(ModuleOp module) {
  SmallVector<linalg::LinalgOp> ops;
  module.walk([&](linalg::LinalgOp op) { ops.push_back(op); });
  return ops;
}

void foldQuantisation(ModuleOp module, Activations activations) {
  if (!hasBytes(module))
    return;
  ResourceReleaser releaser(module);
  quantiseConstants(module);
  apply(module, [](RewritePatternSet &patterns) {
    populateGeneraliseElementwise(patterns);
    populateSinkDecodings(patterns);
    populateQuantiseDecoded(patterns);
  });
  for (linalg::LinalgOp op : linalgOpsOf(module))
    takeOffRuntimeZero(op);
  for (linalg::LinalgOp op : linalgOpsOf(module))
    makeIntegerProduct(op, activations);
  if (activations != Activations::AsIs) {
    flipSources(module);
    apply(module, populateSinkFlips);
  }
  unshare(module);
  releaser.releaseUnused();
}

namespace {
struct FoldQuantisation : impl::FoldQuantisationBase<FoldQuantisation> {
  using FoldQuantisationBase::FoldQuantisationBase;
  void runOnOperation() override {
    foldQuantisation(getOperation(), activations);
  }
};
} // namespace
} // namespace convopt
