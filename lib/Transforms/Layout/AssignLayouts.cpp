// Carries out what was decided of layouts. Every value may exist in the order
// in which it is produced and, once somebody reads it so, in the other: both
// are looked up by (value, order), so a transposition that three readers need
// is made once. Operations are rewritten in program order and read their
// operands' counterparts; what was replaced has no reader left and is erased
// from the end. The alternative, patterns that push transpositions up and down
// until they meet and cancel, finds what is near; the plan is made of the whole
// function.

#include "convopt/Transforms/AssignLayouts.h"
#include "NestedBlocks.h"
#include "OneBlock.h"
#include "PermuteOps.h"
#include "Selection/CarriedPlan.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_ASSIGNLAYOUTS
#include "convopt/Transforms/Passes.h.inc"

namespace {
/// Carries a plan out, operation by operation. Every value of the old program
/// gets its counterpart in the order in which it is produced and, on demand,
/// in the other.
class LayoutRewriter {
public:
  LayoutRewriter(Block &block, const DimensionRoles &roles,
                 const LayoutPlan &plan)
      : block(block), roles(roles), plan(plan), builder(block.getParentOp()) {}

  void run();

private:
  Value get(Value value, unsigned order);
  Value getInit(Value init, ArrayRef<int64_t> order);
  /// Where `value` is there, but within the block.
  void setInsertionPointAfter(Value value) {
    if (value.getParentBlock() == &block)
      builder.setInsertionPointAfterValue(value);
    else
      builder.setInsertionPointToStart(&block);
  }
  void rewrite(Operation *op, const LayoutState &state);
  void keep(Value value) {
    if (isa<RankedTensorType>(value.getType()))
      record(value, roles.writtenOrder(value), value);
  }
  void record(Value value, unsigned order, Value stored) {
    produced[value] = order;
    counterparts[{value, order}] = stored;
  }

  Block &block;
  const DimensionRoles &roles;
  const LayoutPlan &plan;
  OpBuilder builder;
  DenseMap<Value, unsigned> produced;
  DenseMap<std::pair<Value, unsigned>, Value> counterparts;
};
} // namespace

Value LayoutRewriter::get(Value value, unsigned order) {
  if (Value known = counterparts.lookup({value, order}))
    return known;
  OpBuilder::InsertionGuard guard(builder);
  Value stored;
  if (isFree(value, roles)) {
    builder.setInsertionPointAfterValue(value);
    stored = createFree(builder, value, roles.order(value, order));
  } else {
    unsigned from = produced.lookup(value);
    Value source = counterparts.lookup({value, from});
    setInsertionPointAfter(source);
    stored = createTranspose(
        builder, value.getLoc(), source,
        between(roles.order(value, from), roles.order(value, order)));
  }
  return counterparts[{value, order}] = stored;
}

/// Those of the inputs that are no tensors.
static unsigned scalarInputs(linalg::LinalgOp op) {
  return llvm::count_if(op.getDpsInputs(), [](Value input) {
    return !isa<RankedTensorType>(input.getType());
  });
}

/// `init` stored as the result that it becomes. The roles of the two can only
/// differ in dimensions of one element.
Value LayoutRewriter::getInit(Value init, ArrayRef<int64_t> order) {
  for (unsigned number = 0; number < roles.orderCount(init); ++number)
    if (ArrayRef<int64_t>(roles.order(init, number)) == order)
      return get(init, number);
  OpBuilder::InsertionGuard guard(builder);
  if (isFree(init, roles)) {
    builder.setInsertionPointAfterValue(init);
    return createFree(builder, init, order);
  }
  unsigned from = produced.lookup(init);
  Value source = get(init, from);
  setInsertionPointAfter(source);
  return createTranspose(builder, init.getLoc(), source,
                         between(roles.order(init, from), order));
}

void LayoutRewriter::rewrite(Operation *op, const LayoutState &state) {
  PermuteRequest request{op, {}, {}, {}};
  bool asWritten = true;
  SmallVector<OpOperand *> operands = layoutOperands(op);
  for (auto [operand, order] : llvm::zip_equal(operands, state.operands)) {
    Value old = operand->get();
    request.operands.push_back(get(old, order));
    request.operandOrders.push_back(roles.order(old, order));
    asWritten &= isIdentity(request.operandOrders.back());
  }
  for (auto [result, order] : llvm::zip_equal(op->getResults(), state.results))
    if (isa<RankedTensorType>(result.getType())) {
      request.resultOrders.push_back(roles.order(result, order));
      asWritten &= isIdentity(request.resultOrders.back());
    }
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op); linalgOp && !asWritten)
    for (auto [i, init] : llvm::enumerate(linalgOp.getDpsInits())) {
      unsigned position =
          linalgOp.getNumDpsInputs() + i - scalarInputs(linalgOp);
      request.operandOrders[position] = request.resultOrders[i];
      request.operands[position] = getInit(init, request.resultOrders[i]);
    }
  if (asWritten) {
    for (auto [operand, value] : llvm::zip_equal(operands, request.operands))
      operand->set(value);
    for (Value result : op->getResults())
      keep(result);
    return;
  }
  builder.setInsertionPoint(op);
  for (auto [old, order, stored] : llvm::zip_equal(
           op->getResults(), state.results, createPermuted(builder, request)))
    record(old, order, stored);
}

void LayoutRewriter::run() {
  for (Value argument : block.getArguments())
    keep(argument);
  for (Value value : outerTensors(block))
    keep(value);
  SmallVector<Operation *> ops;
  for (Operation &op : block)
    ops.push_back(&op);
  for (Operation *op : ops) {
    auto state = plan.states.find(op);
    if (state == plan.states.end()) // The padding of a convolution.
      continue;
    if (op->getNumResults() == 1 && isFree(op->getResult(0), roles)) {
      for (OpOperand *operand : layoutOperands(op))
        operand->set(get(operand->get(), roles.writtenOrder(operand->get())));
      keep(op->getResult(0));
    } else {
      rewrite(op, state->second);
    }
  }
  // Every replaced operation only feeds others of that kind.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

static llvm::Error assignLayouts(Block &block) {
  DimensionRoles roles(block);
  // Without a plan of select-primitives, that which moves least memory: each
  // element is read once and written once.
  auto conversion = [&](Value value, Layout, Layout) -> PbqpProblem::Cost {
    return roles.ordersDiffer(value)
               ? 2 * cast<RankedTensorType>(value.getType()).getNumElements()
               : 0;
  };
  auto convStates = [](const ConvOp &conv) -> std::vector<ConvState> {
    auto attr = conv.op->getAttrOfType<PrimitiveAttr>(
        ConvoptDialect::PrimitiveAttrHelper::getNameStr());
    if (!attr)
      return {{conv.inputLayout, conv.outputLayout}};
    return {{attr.getInput().value_or(conv.inputLayout),
             attr.getOutput().value_or(conv.outputLayout)}};
  };
  llvm::Expected<std::optional<LayoutPlan>> carried =
      takeCarriedPlan(block, roles, convStates);
  if (!carried)
    return carried.takeError();
  llvm::Expected<LayoutPlan> plan =
      *carried ? llvm::Expected<LayoutPlan>(std::move(**carried))
               : planLayouts(block, roles, convStates, conversion);
  if (!plan)
    return plan.takeError();
  LayoutRewriter(block, roles, *plan).run();
  return llvm::Error::success();
}

llvm::Error assignLayouts(func::FuncOp func) {
  if (func.isExternal())
    return llvm::Error::success();
  llvm::Expected<Block *> body = oneBlockOf(func);
  if (!body)
    return body.takeError();
  // What is around a branch or a loop keeps the tensors that it reads as they
  // are written.
  for (Block *block : programBlocks(func))
    if (llvm::Error error = assignLayouts(*block))
      return error;
  return llvm::Error::success();
}

namespace {
struct AssignLayouts : impl::AssignLayoutsBase<AssignLayouts> {
  void runOnOperation() override {
    if (!isOneBlock(getOperation()))
      return;
    if (llvm::Error error = assignLayouts(getOperation())) {
      // The message names the place itself.
      emitError(UnknownLoc::get(&getContext()),
                llvm::toString(std::move(error)));
      signalPassFailure();
    }
  }
};
} // namespace

} // namespace convopt
