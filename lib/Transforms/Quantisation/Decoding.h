#ifndef CONVOPT_LIB_TRANSFORMS_DECODING_H
#define CONVOPT_LIB_TRANSFORMS_DECODING_H

#include "Term.h"

namespace convopt {

/// A tensor of numbers that 8-bit integers stand for: (source - zero) * scale,
/// f32, or i32 if the scale is one and was never multiplied by.
struct Decoding {
  mlir::Value source;
  bool isSigned;
  Numbers zero, scale;
  mlir::Type type; ///< of the elements: f32 or i32

  /// Whether it is the same for all elements, and larger integers stand for
  /// larger numbers.
  bool isUniform() const {
    return zero.isOne() && scale.isOne() && scale.values[0] > 0;
  }
  /// Of a uniform one.
  int64_t zeroPoint() const { return static_cast<int64_t>(zero.values[0]); }
  int64_t least() const { return isSigned ? -128 : 0; }
  /// The integer, as it is stored (with a sign), that stands for `number`.
  std::optional<int64_t> encode(double number) const;
  /// The number that all others are not less than.
  double leastNumber() const {
    return static_cast<double>(least() - zeroPoint()) * scale.values[0];
  }
};
bool operator==(const Decoding &a, const Decoding &b); ///< but for the source

/// What element-wise operation computes `value`, if it is a decoding.
std::optional<Decoding> matchDecoding(mlir::Value value);

/// A linalg.generic that decodes `source` as the uniform `decoding` says.
mlir::Value createDecoding(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value source, const Decoding &decoding);

/// Of a tensor<i8>: the sign of all elements changed, which is the same
/// integers less 128 or more. What was signed is then unsigned.
mlir::Value createFlip(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value source);
/// What `value` is the flip of, or null.
mlir::Value flipped(mlir::Value value);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_DECODING_H
