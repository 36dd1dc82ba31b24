#ifndef CONVOPT_IMPORT_OPS_SCALAR_H
#define CONVOPT_IMPORT_OPS_SCALAR_H

#include "../ElementKind.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace convopt {

/// Builds arithmetic on scalars of one element kind in the body of an
/// operation; chooses between float, signed and unsigned.
class Scalar {
public:
  Scalar(mlir::OpBuilder &builder, mlir::Location loc, ElementKind kind)
      : builder(builder), loc(loc), kind(kind) {}

  mlir::OpBuilder &builder;
  const mlir::Location loc;
  const ElementKind kind;

  mlir::Value constant(double number);
  mlir::Value intConstant(int64_t number);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value neg(mlir::Value a);
  mlir::Value abs(mlir::Value a);
  /// NaN if one is NaN.
  mlir::Value min(mlir::Value a, mlir::Value b);
  mlir::Value max(mlir::Value a, mlir::Value b);
  /// Of floats: the larger one; the other one if one is NaN.
  mlir::Value maxNumber(mlir::Value a, mlir::Value b);
  mlir::Value clamp(mlir::Value x, double low, double high);
  /// i1; as ONNX compares: ordered.
  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value lessOrEqual(mlir::Value a, mlir::Value b);
  mlir::Value equal(mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// x of this kind, from `from`: C's rules; to bool is "not zero"; floats to
  /// integers truncate.
  mlir::Value convert(mlir::Value x, ElementKind from);

  /// For floats alone: an operation of the math dialect.
  template <typename Op, typename... Args> mlir::Value math(Args... args) {
    return builder.create<Op>(loc, args...);
  }
  mlir::Value sigmoid(mlir::Value x);
  /// log(1 + exp(x)) without overflow.
  mlir::Value softplus(mlir::Value x);

  mlir::Type type() const { return toMlirType(kind, builder.getContext()); }
  /// The smallest and the largest: -inf and inf for floats.
  mlir::TypedAttr lowest() const;
  mlir::TypedAttr highest() const;
  mlir::TypedAttr attribute(double number) const;
};

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_SCALAR_H
