#ifndef CONVOPT_LIB_TRANSFORMS_CARRIEDPLAN_H
#define CONVOPT_LIB_TRANSFORMS_CARRIEDPLAN_H

#include "LayoutGraph.h"

namespace convopt {

/// Writes `plan` into the IR: each operation that reads or writes a tensor in
/// another order than it is written in has as convopt.storage the numbers of
/// the orders of its layoutOperands and of its results.
void carryPlan(const LayoutPlan &plan, const DimensionRoles &roles);

/// Takes what carryPlan wrote out of the IR again; nothing if there is nothing.
/// Fails if it does not fit the operations or the layouts of their primitives,
/// naming the first.
llvm::Expected<std::optional<LayoutPlan>>
takeCarriedPlan(mlir::Block &block, const DimensionRoles &roles,
                ConvStatesOf convStates);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_CARRIEDPLAN_H
