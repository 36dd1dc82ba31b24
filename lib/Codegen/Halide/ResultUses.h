#ifndef CONVOPT_LIB_CODEGEN_RESULTUSES_H
#define CONVOPT_LIB_CODEGEN_RESULTUSES_H

#include "convopt/IR/ConvoptDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace convopt {

/// The tensor whose memory `value` is: free reshapes taken away.
mlir::Value withoutReshapes(mlir::Value value);

/// An operation whose result element depends on the operands' at one place.
bool isPointwise(mlir::linalg::LinalgOp op);

/// What one value is used for by pointwise operations alone, at last a result
/// of the kernel: that result; or null.
mlir::Value followToResult(mlir::Value value);

/// Whether `value` is a result of the kernel, in whatever shape.
bool isYielded(mlir::Value value);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_RESULTUSES_H
