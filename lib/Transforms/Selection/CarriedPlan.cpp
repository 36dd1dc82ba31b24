// The selection has solved how every tensor is stored; solving it again to
// carry it out would be wasted, and with other prices would come out otherwise
// than what was explained. So the plan goes along in the IR, as numbers of
// storage orders on the operations that are not stored as written, which pass
// through text like any attribute. It is read by finding the state that has
// these numbers among those that the operation can have now: what was changed
// in between, by a pass or by hand, is noticed and named instead of being
// stored wrongly.

#include "CarriedPlan.h"
#include "convopt/IR/ConvoptDialect.h"

using namespace mlir;

namespace convopt {

/// Those of a state in which every tensor is stored as it is written.
static SmallVector<int64_t> writtenOrders(Operation *op,
                                          const DimensionRoles &roles) {
  SmallVector<int64_t> orders;
  for (OpOperand *operand : layoutOperands(op))
    orders.push_back(roles.writtenOrder(operand->get()));
  for (Value result : op->getResults())
    orders.push_back(isa<RankedTensorType>(result.getType())
                         ? roles.writtenOrder(result)
                         : 0);
  return orders;
}

static SmallVector<int64_t> ordersOf(const LayoutState &state) {
  SmallVector<int64_t> orders(state.operands.begin(), state.operands.end());
  orders.append(state.results.begin(), state.results.end());
  return orders;
}

void carryPlan(const LayoutPlan &plan, const DimensionRoles &roles) {
  for (const auto &[op, state] : plan.states) {
    ConvoptDialect::StorageAttrHelper helper(op->getContext());
    SmallVector<int64_t> orders = ordersOf(state);
    if (orders != writtenOrders(op, roles))
      helper.setAttr(op, DenseI64ArrayAttr::get(op->getContext(), orders));
    else if (helper.isAttrPresent(op))
      helper.removeAttr(op); // of an earlier plan
  }
}

llvm::Expected<std::optional<LayoutPlan>>
takeCarriedPlan(Block &block, const DimensionRoles &roles,
                ConvStatesOf convStates) {
  auto noCost = [](Value, Layout, Layout) -> PbqpProblem::Cost { return 0; };
  ConvoptDialect::StorageAttrHelper helper(block.getParentOp()->getContext());
  if (llvm::none_of(block,
                    [&](Operation &op) { return helper.isAttrPresent(&op); }))
    return std::nullopt;
  LayoutPlan plan;
  for (Operation &op : block) {
    DenseI64ArrayAttr carried = helper.getAttr(&op);
    if (isPartOfConvolution(&op))
      continue;
    const SmallVector<int64_t> orders =
        carried ? SmallVector<int64_t>(carried.asArrayRef())
                : writtenOrders(&op, roles);
    std::vector<LayoutState> states =
        layoutStates(&op, roles, convStates, noCost);
    auto found = llvm::find_if(states, [&](const LayoutState &state) {
      return ordersOf(state) == orders;
    });
    if (found == states.end())
      return errorAt(&op, "convopt.storage does not fit this operation");
    plan.states[&op] = std::move(*found);
    if (carried)
      helper.removeAttr(&op);
  }
  return plan;
}

} // namespace convopt
