#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace convopt {
#define GEN_PASS_DEF_LOWERLAUNCHES
#include "convopt/Transforms/Passes.h.inc"
} // namespace convopt

using namespace mlir;

namespace convopt {

/// Whether `func` is as bufferization leaves a model's function, without
/// results and launching kernels on buffers; a remark says what it is not.
static bool isLowerable(func::FuncOp func) {
  if (func.isExternal())
    return true;
  if (func.getNumResults() != 0) {
    func.emitRemark("has results: no launch becomes a call");
    return false;
  }
  WalkResult walked = func.walk([](LaunchOp launch) {
    if (launch->getNumResults() == 0)
      return WalkResult::advance();
    launch.emitRemark("is on tensors: no launch becomes a call");
    return WalkResult::interrupt();
  });
  return !walked.wasInterrupted();
}

namespace {
struct LowerLaunches : impl::LowerLaunchesBase<LowerLaunches> {
  using LowerLaunchesBase::LowerLaunchesBase;
  void runOnOperation() override {
    bool isPossible = true;
    for (func::FuncOp func : getOperation().getOps<func::FuncOp>())
      isPossible &= isLowerable(func);
    if (isPossible && failed(lowerLaunches(getOperation(), observe)))
      signalPassFailure();
  }
};
} // namespace

} // namespace convopt
