#ifndef CONVOPT_LIB_CODEGEN_SCALAROPS_H
#define CONVOPT_LIB_CODEGEN_SCALAROPS_H

#include "Halide.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Operation.h"

namespace convopt {

/// How a value is computed: i1 is Halide's bool, index is int32 (no tensor of
/// a kernel has more elements), other integers are signed.
Halide::Type computeType(mlir::Type type);

/// How an element lies in memory: as it is computed, but bool takes a byte.
Halide::Type storageType(mlir::Type type);

/// `value` as an element is stored, or computed.
Halide::Expr toStorage(Halide::Expr value);
Halide::Expr fromStorage(Halide::Expr stored, mlir::Type type);

/// The number or truth value that `attr` holds, as `type` is computed.
Halide::Expr constantExpr(mlir::TypedAttr attr);

/// The result of a scalar operation of arith or math; undefined for others.
Halide::Expr translateScalarOp(mlir::Operation *op,
                               llvm::ArrayRef<Halide::Expr> operands);
Halide::Expr translateMathOp(mlir::Operation *op,
                             llvm::ArrayRef<Halide::Expr> operands);

/// The integer that `op` makes of `rounded`, its translated operand, if it
/// converts a rounded number that is known to be small; undefined otherwise.
Halide::Expr roundedInteger(mlir::Operation *op, const Halide::Expr &rounded);

/// x, if `op` is the last of those that compute 1 / (1 + e^-x); or null.
mlir::Value matchSigmoid(mlir::Operation *op);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_SCALAROPS_H
