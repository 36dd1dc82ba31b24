#ifndef CONVOPT_LIB_CODEGEN_COMBINER_H
#define CONVOPT_LIB_CODEGEN_COMBINER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace convopt {

/// The operation that combines an element of the only result with a new term,
/// in any order; null if there is none.
mlir::Operation *matchCombiner(mlir::linalg::LinalgOp op);

/// Whether `op` keeps the larger or the smaller number, so that no NaN becomes
/// of an initial value that is none.
bool dropsNaN(mlir::linalg::LinalgOp op);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_COMBINER_H
