#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_FOLDEMPTY
#include "convopt/Transforms/Passes.h.inc"

void foldEmpty(Operation *root) {
  // What an operation's region holds is visited before it, so nothing that is
  // erased is visited.
  root->walk([](linalg::LinalgOp op) {
    if (!op.hasPureTensorSemantics() ||
        !llvm::is_contained(op.getStaticLoopRanges(), 0))
      return;
    for (auto [result, init] :
         llvm::zip_equal(op->getResults(), op.getDpsInits()))
      result.replaceAllUsesWith(init);
    op->erase();
  });
}

namespace {
struct FoldEmpty : impl::FoldEmptyBase<FoldEmpty> {
  void runOnOperation() override { foldEmpty(getOperation()); }
};
} // namespace
} // namespace convopt
