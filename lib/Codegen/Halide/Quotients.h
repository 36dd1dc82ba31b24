#ifndef CONVOPT_LIB_CODEGEN_QUOTIENTS_H
#define CONVOPT_LIB_CODEGEN_QUOTIENTS_H

#include "Halide.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace convopt {

/// a / b, the operands of `op`: correctly rounded where an integer may be made
/// of it.
Halide::Expr quotientOf(mlir::arith::DivFOp op, Halide::Expr a, Halide::Expr b);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_QUOTIENTS_H
