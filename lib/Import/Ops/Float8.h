#ifndef CONVOPT_IMPORT_OPS_FLOAT8_H
#define CONVOPT_IMPORT_OPS_FLOAT8_H

#include "Scalar.h"

namespace convopt {

/// What becomes of a number that an 8-bit float cannot hold.
struct Float8Rounding {
  /// The largest one instead of infinity or NaN.
  bool saturate = true;
  /// Of powers of two alone: "up", "down" or "nearest".
  llvm::StringRef mode = "up";
};

/// The f32 that the bits `code` (i8) stand for.
mlir::Value decodeFloat8(Scalar &single, mlir::Value code, ElementKind kind);

/// The bits of the 8-bit float of `kind` nearest to `x`, of two the even one;
/// `x` is of the kind of `s`, f32 or f64.
mlir::Value encodeFloat8(Scalar &s, mlir::Value x, ElementKind kind,
                         Float8Rounding rounding);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_FLOAT8_H
