#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace convopt {
#define GEN_PASS_DEF_INLINELOOPS
#include "convopt/Transforms/Passes.h.inc"
} // namespace convopt

using namespace mlir;

namespace convopt {

void inlineLoops(func::FuncOp func) {
  SmallVector<LoopsOp> ops;
  func.walk([&](LoopsOp op) {
    if (op.getNumResults() == 0)
      ops.push_back(op);
  });
  for (LoopsOp op : ops) {
    Block &body = op.getBody().front();
    // A buffer may have strides that its argument does not have: loads and
    // stores take them from what they are given.
    for (auto [argument, operand] :
         llvm::zip_equal(body.getArguments(), op->getOperands()))
      argument.replaceAllUsesWith(operand);
    op->getBlock()->getOperations().splice(Block::iterator(op),
                                           body.getOperations());
    op.erase();
  }
}

namespace {
struct InlineLoops : impl::InlineLoopsBase<InlineLoops> {
  void runOnOperation() override { inlineLoops(getOperation()); }
};
} // namespace

} // namespace convopt
