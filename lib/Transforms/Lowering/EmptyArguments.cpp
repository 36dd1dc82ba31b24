// C has no array of no elements, and a caller may pass a null pointer for one.
// An argument of the function keeps its place in the interface as one byte that
// nobody reads; inside, an empty view of it stands for the tensor, so that the
// passes that follow need not know of the case.

#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace convopt {
#define GEN_PASS_DEF_REPLACEEMPTYARGUMENTS
#include "convopt/Transforms/Passes.h.inc"
} // namespace convopt

using namespace mlir;

namespace convopt {

void replaceEmptyArguments(func::FuncOp func) {
  OpBuilder builder(func.getBody());
  auto byte = MemRefType::get({1}, builder.getI8Type());
  for (BlockArgument argument : func.getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type || type.getNumElements() != 0)
      continue;
    Value zero = builder.create<arith::ConstantIndexOp>(func.getLoc(), 0);
    auto view = builder.create<memref::ViewOp>(func.getLoc(), type, argument,
                                               zero, ValueRange());
    argument.replaceAllUsesExcept(view, view);
    argument.setType(byte);
  }
  func.setType(builder.getFunctionType(func.front().getArgumentTypes(),
                                       func.getResultTypes()));
}

namespace {
struct ReplaceEmptyArguments
    : impl::ReplaceEmptyArgumentsBase<ReplaceEmptyArguments> {
  void runOnOperation() override {
    if (!getOperation().isExternal())
      replaceEmptyArguments(getOperation());
  }
};
} // namespace

} // namespace convopt
