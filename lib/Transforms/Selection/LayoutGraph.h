#ifndef CONVOPT_LIB_TRANSFORMS_LAYOUTGRAPH_H
#define CONVOPT_LIB_TRANSFORMS_LAYOUTGRAPH_H

#include "LayoutStates.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// One tensor that is rewritten from one storage order to the other.
struct Conversion {
  mlir::Value value;
  Layout from, to;
  PbqpProblem::Cost cost;
};

/// How every operation of a function reads and writes its tensors.
struct LayoutPlan {
  llvm::DenseMap<mlir::Operation *, LayoutState> states;
  std::vector<Conversion> conversions;
  PbqpProblem::Cost cost = 0; ///< of all that
};

/// "location: why", of `op`.
llvm::Error errorAt(mlir::Operation *op, llvm::StringRef why);

/// The cheapest plan for the operations of `block`. Its arguments and the
/// operands of its terminator stay as they are written. A node of the problem
/// is an operation or a tensor; a tensor's state says in which order it is
/// produced and whether it is converted too, so that all that read the
/// converted tensor pay for it once. Fails if a convolution has no state that
/// fits, naming it.
llvm::Expected<LayoutPlan> planLayouts(mlir::Block &block,
                                       const DimensionRoles &roles,
                                       ConvStatesOf convStates,
                                       ConversionCost conversion);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_LAYOUTGRAPH_H
