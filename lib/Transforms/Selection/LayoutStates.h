#ifndef CONVOPT_LIB_TRANSFORMS_LAYOUTSTATES_H
#define CONVOPT_LIB_TRANSFORMS_LAYOUTSTATES_H

#include "DimensionRoles.h"
#include "convopt/Transforms/Pbqp.h"

namespace convopt {

/// One way in which an operation may read and write its tensors.
struct LayoutState {
  /// For each of layoutOperands(op) and for each result: the number of the
  /// storage order, as DimensionRoles counts them.
  llvm::SmallVector<unsigned, 4> operands, results;
  PbqpProblem::Cost cost = 0;
  /// For a convolution: which of the states it was given this is.
  unsigned convState = 0;
};

/// The layouts of one choice for a convolution.
struct ConvState {
  Layout input, output;
  PbqpProblem::Cost cost = 0;
};

/// The tensors that `op` reads, its own operands first, then those that its
/// body reads. A convolution reads its unpadded image: the tensor.pad before
/// it is part of it.
llvm::SmallVector<mlir::OpOperand *> layoutOperands(mlir::Operation *op);

/// The tensors from around a branch or loop that its block reads.
llvm::SmallVector<mlir::Value> outerTensors(mlir::Block &block);

/// Whether a convolution takes care of `op`.
bool isPartOfConvolution(mlir::Operation *op);

/// Whether `value` costs nothing in whatever order: a constant, an empty
/// tensor, one value or one vector broadcast.
bool isFree(mlir::Value value, const DimensionRoles &roles);

/// Whether a reshape of a tensor of `wide` stored in `wideOrder`, one group of
/// dimensions for each dimension of the other tensor stored in `narrowOrder`,
/// leaves the elements where they are.
bool isReshapeInPlace(llvm::ArrayRef<int64_t> wide,
                      llvm::ArrayRef<mlir::ReassociationIndices> groups,
                      llvm::ArrayRef<int64_t> wideOrder,
                      llvm::ArrayRef<int64_t> narrowOrder);

/// What it costs to store `value` in the other order.
using ConversionCost =
    llvm::function_ref<PbqpProblem::Cost(mlir::Value, Layout from, Layout to)>;

/// What is asked about one convolution: the layouts among which to choose.
using ConvStatesOf = llvm::function_ref<std::vector<ConvState>(const ConvOp &)>;

/// All ways for `op`, in a fixed order; those of a convolution are made of
/// `convStates`, and none if none of these fits the operands.
std::vector<LayoutState> layoutStates(mlir::Operation *op,
                                      const DimensionRoles &roles,
                                      ConvStatesOf convStates,
                                      ConversionCost conversion);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_LAYOUTSTATES_H
