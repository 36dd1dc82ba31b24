#ifndef CONVOPT_LIB_TRANSFORMS_RESCALER_H
#define CONVOPT_LIB_TRANSFORMS_RESCALER_H

#include "Term.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace convopt {

/// Rewrites the body of one element-wise operation; dead code is left to
/// others.
class Rescaler {
public:
  explicit Rescaler(mlir::linalg::GenericOp op)
      : op(op), builder(op.getContext()) {}
  void run();

private:
  /// Whether `value` can be computed divided by `by` without a division.
  bool canDivide(mlir::Value value, const Numbers &by);
  mlir::Value divide(mlir::Value value, const Numbers &by);
  bool visit(mlir::Operation &inner);
  bool foldDivision(mlir::arith::DivFOp division);
  bool joinSums(mlir::Operation &inner);
  bool foldFlip(mlir::Operation &inner);
  bool joinClamps(mlir::arith::MaxNumFOp outer);
  bool foldRoundTrip(mlir::arith::SIToFPOp number);
  /// A constant of the body, or a further operand of `op`.
  mlir::Value createNumbers(const Numbers &numbers, mlir::Type type);

  mlir::linalg::GenericOp op;
  mlir::OpBuilder builder;
};

/// Of two that are along the same dimensions, or of which one is one number.
std::optional<Numbers>
combined(const Numbers &a, const Numbers &b,
         llvm::function_ref<double(double, double)> combine);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_RESCALER_H
