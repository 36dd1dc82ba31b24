// Shapes are static, so every address within the workspace can be a constant of
// the code: no allocator runs, and the caller knows the size beforehand. The
// operations of the function, those of branches one branch after the other, are
// the clock. A buffer lives from the first operation that touches it, or a view
// of it, to the last; making a view touches nothing. Any other operation with
// regions is one moment, so that what is allocated in a loop keeps its place
// for all iterations.

#include "OneBlock.h"
#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/PackIntervals.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace convopt {
#define GEN_PASS_DEF_PLANMEMORY
#include "convopt/Transforms/Passes.h.inc"
} // namespace convopt

using namespace mlir;

namespace convopt {

static constexpr int64_t alignment = 64;

/// Numbers the operations of `block` in the order in which they can run. The
/// branches of an `if` count, what other regions hold does not.
static void countMoments(Block &block,
                         DenseMap<Operation *, int64_t> &moments) {
  for (Operation &op : block) {
    moments.try_emplace(&op, moments.size());
    if (isa<scf::IfOp>(op))
      for (Region &region : op.getRegions())
        for (Block &branch : region)
          countMoments(branch, moments);
  }
}

/// From the first to the last op that touches any alias of `buffer`; making a
/// view of it does not. What is allocated or used in a loop lives for the whole
/// loop.
static void findLifetime(Value buffer,
                         const DenseMap<Operation *, int64_t> &moments,
                         const BufferViewFlowAnalysis &aliases,
                         LiveBuffer &live) {
  auto momentOf = [&](Operation *op) {
    while (!moments.count(op))
      op = op->getParentOp();
    return moments.lookup(op);
  };
  live.first = INT64_MAX;
  live.last = 0;
  for (Value alias : aliases.resolve(buffer))
    for (Operation *user : alias.getUsers()) {
      if (user->getNumRegions() == 0 && isMemoryEffectFree(user) &&
          !user->hasTrait<OpTrait::IsTerminator>())
        continue;
      live.first = std::min(live.first, momentOf(user));
      live.last = std::max(live.last, momentOf(user));
    }
  live.first = std::min(live.first, live.last);
}

/// The bytes that `alloc` takes, if that is known now.
static std::optional<int64_t> sizeOf(memref::AllocOp alloc) {
  if (!alloc.getType().getLayout().isIdentity())
    return std::nullopt;
  return bytesOf(alloc.getType());
}

FailureOr<MemoryPlan> planMemory(func::FuncOp func) {
  if (!llvm::hasSingleElement(func.getBody()))
    return func.emitError("must be one block to plan its memory");
  Block &block = func.front();
  DenseMap<Operation *, int64_t> moments;
  countMoments(block, moments);

  BufferViewFlowAnalysis aliases(func);
  SmallVector<memref::AllocOp> allocs;
  SmallVector<LiveBuffer> buffers;
  WalkResult walked = func.walk([&](memref::AllocOp alloc) {
    std::optional<int64_t> bytes = sizeOf(alloc);
    if (!bytes)
      return WalkResult(alloc.emitError("has no size known at compile time"));
    LiveBuffer live;
    live.bytes = *bytes;
    findLifetime(alloc, moments, aliases, live);
    allocs.push_back(alloc);
    buffers.push_back(live);
    return WalkResult::advance();
  });
  if (walked.wasInterrupted())
    return failure();

  MemoryPlan plan;
  plan.bytes = packIntervals(buffers, alignment);
  plan.lowerBound = peakBytes(buffers, alignment);

  OpBuilder builder(func.getContext());
  unsigned position = func.getNumArguments();
  // Not 0: a memref without elements cannot be passed as a bare pointer.
  auto type =
      MemRefType::get({std::max<int64_t>(plan.bytes, 1)}, builder.getI8Type());
  func.insertArgument(position, type, DictionaryAttr(), func.getLoc());
  Value workspace = func.getArgument(position);
  for (auto [alloc, live] : llvm::zip_equal(allocs, buffers)) {
    builder.setInsertionPoint(alloc);
    Value offset =
        builder.create<arith::ConstantIndexOp>(alloc.getLoc(), live.offset);
    Value view = builder.create<memref::ViewOp>(
        alloc.getLoc(), alloc.getType(), workspace, offset, ValueRange());
    alloc.replaceAllUsesWith(view);
    alloc.erase();
  }
  return plan;
}

namespace {
struct PlanMemory : impl::PlanMemoryBase<PlanMemory> {
  using PlanMemoryBase::PlanMemoryBase;

  void runOnOperation() override {
    if (!isOneBlock(getOperation()))
      return;
    WalkResult walked = getOperation().walk([](memref::AllocOp alloc) {
      if (sizeOf(alloc))
        return WalkResult::advance();
      alloc.emitRemark(
          "has no size known at compile time: its function is left "
          "as it is");
      return WalkResult::interrupt();
    });
    if (walked.wasInterrupted())
      return;
    FailureOr<MemoryPlan> plan = planMemory(getOperation());
    if (failed(plan))
      return signalPassFailure();
    if (report)
      getOperation().emitRemark()
          << "workspace of " << plan->bytes << " bytes, at least "
          << plan->lowerBound << " are live at one time";
    if (use)
      use(*plan);
  }

  std::function<void(MemoryPlan)> use;
};
} // namespace

std::unique_ptr<Pass> createPlanMemory(std::function<void(MemoryPlan)> use) {
  auto pass = std::make_unique<PlanMemory>();
  pass->use = std::move(use);
  return pass;
}

} // namespace convopt
