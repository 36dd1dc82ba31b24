// A kernel is the unit of code generation: its operations share loops, and what
// lies between them is never in memory unless its schedule stores it. The order
// of the steps is forced. Shuffles are recognised first, as concatenation,
// transposition and reshape, before grouping parts them. Parts are placed last:
// only when the producer of a concatenation's operand is a kernel can its
// kernel be told to write into the whole.

#include "convopt/Transforms/FormKernels.h"
#include "InterleaveParts.h"
#include "KernelGroups.h"
#include "NestedBlocks.h"
#include "OneBlock.h"
#include "OutlineKernel.h"
#include "PlaceParts.h"
#include "convopt/IR/KernelBody.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_FORMKERNELS
#include "convopt/Transforms/Passes.h.inc"

/// Erases what only the groups needed.
static void eraseUnused(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

void formKernels(ModuleOp module, function_ref<bool(Operation *)> mayStand) {
  interleaveParts(module);
  KernelOutliner outliner(module);
  for (auto function :
       llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
    if (!function.getBody().hasOneBlock())
      continue;
    SmallVector<Block *> blocks = programBlocks(function);
    // Inner ones first: what they make anew need not be there for them.
    for (Block *block : llvm::reverse(blocks)) {
      eraseUnused(*block);
      for (const KernelGroup &group : groupOperations(*block, mayStand))
        outliner.outline(group);
    }
    for (Block *block : llvm::reverse(blocks))
      eraseUnused(*block);
  }
  placeParts(module);
}

namespace {
struct FormKernels : impl::FormKernelsBase<FormKernels> {
  using FormKernelsBase::FormKernelsBase;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      (void)isOneBlock(function);
    formKernels(getOperation(), [&](Operation *op) {
      return mayStandInKernel(op) &&
             !llvm::is_contained(except, op->getName().getStringRef());
    });
  }
};
} // namespace
} // namespace convopt
