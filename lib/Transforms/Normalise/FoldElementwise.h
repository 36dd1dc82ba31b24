#ifndef CONVOPT_TRANSFORMS_FOLDELEMENTWISE_H
#define CONVOPT_TRANSFORMS_FOLDELEMENTWISE_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace convopt {

/// The result of an element-wise operation on constants of f32, i8 and i32 as a
/// constant; null if it reads anything else, computes what hosts round
/// differently, or gives more elements than are worth storing.
mlir::Value foldElementwise(mlir::linalg::LinalgOp op,
                            mlir::OpBuilder &builder);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_FOLDELEMENTWISE_H
