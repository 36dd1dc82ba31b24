#ifndef CONVOPT_LIB_TRANSFORMS_PERMUTEOPS_H
#define CONVOPT_LIB_TRANSFORMS_PERMUTEOPS_H

#include "Selection/LayoutStates.h"

namespace convopt {

/// `type` with its dimensions in another order.
mlir::RankedTensorType permuted(mlir::Type type, llvm::ArrayRef<int64_t> order);

/// The elements of `value` with their dimensions in another order: a reshape
/// if that moves nothing, else a linalg.transpose.
mlir::Value createTranspose(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value value,
                            llvm::ArrayRef<int64_t> permutation);

/// A reshape that keeps the row-major order of the elements.
mlir::Value createReshape(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value value, mlir::RankedTensorType type);

/// What is free in every order (see isFree), in `order`.
mlir::Value createFree(mlir::OpBuilder &builder, mlir::Value value,
                       llvm::ArrayRef<int64_t> order);

/// A new operation in the place of an old one, and how it is stored.
struct PermuteRequest {
  mlir::Operation *op;
  /// For each of layoutOperands(op).
  llvm::SmallVector<mlir::Value> operands;
  llvm::SmallVector<Permutation> operandOrders, resultOrders;
};

/// Creates what `request.op` computes, reading and writing the given orders,
/// one of layoutStates(op). Its attributes stay.
llvm::SmallVector<mlir::Value> createPermuted(mlir::OpBuilder &builder,
                                              const PermuteRequest &request);

/// The same for structured operations: the same loops with other maps, in the
/// order of the result.
llvm::SmallVector<mlir::Value>
createPermutedLinalg(mlir::OpBuilder &builder, const PermuteRequest &request);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_PERMUTEOPS_H
