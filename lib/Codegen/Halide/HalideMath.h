#ifndef CONVOPT_LIB_CODEGEN_HALIDEMATH_H
#define CONVOPT_LIB_CODEGEN_HALIDEMATH_H

#include "Halide.h"

namespace convopt {

// Floating point as IEEE 754 says, in code that is otherwise compiled with
// permission to reassociate and to assume that there is no NaN and no infinity.

/// a + b, rounded as it stands, and a - b, of infinities too.
Halide::Expr strictAdd(Halide::Expr a, Halide::Expr b);
Halide::Expr strictMul(Halide::Expr a, Halide::Expr b);
Halide::Expr strictSub(Halide::Expr a, Halide::Expr b);
/// a / b, which is not a product with a reciprocal.
Halide::Expr strictDiv(Halide::Expr a, Halide::Expr b);
/// a < b and a == b: false if either is NaN.
Halide::Expr strictLess(Halide::Expr a, Halide::Expr b);
Halide::Expr strictEqual(Halide::Expr a, Halide::Expr b);
/// The larger and smaller of two; NaN if either is.
Halide::Expr maximum(Halide::Expr a, Halide::Expr b);
Halide::Expr minimum(Halide::Expr a, Halide::Expr b);
/// The larger and smaller of two; the other one if one is NaN.
Halide::Expr maxNumber(Halide::Expr a, Halide::Expr b);
Halide::Expr minNumber(Halide::Expr a, Halide::Expr b);

/// 1.5 * 2^23, and it as an integer: the sum of it and of a small number has
/// that in its lower bits, rounded half to even.
inline constexpr float roundingAddend = 12582912.0f;
inline constexpr int32_t roundingAddendBits = 0x4B400000;

/// Whether `e` is a constant other than NaN.
bool isNumber(const Halide::Expr &e);

/// `e` simplified, elements of `func` that it reads taken for no NaN.
Halide::Expr assumingNumbers(const Halide::Expr &e, const std::string &func);

/// `e` with ordinary comparisons, which know no NaN, for the strict ones. In a
/// Tuple, Halide 21 may compute a strict comparison after a store that changes
/// its operands.
Halide::Expr withoutStrictComparisons(const Halide::Expr &e);

// Functions that vectorise, where Halide would call libm for each element. On
// f32 the largest error is given in units in the last place (ulp), or absolute
// where it says so; half types are computed in f32; f64 goes to libm.

/// 3 ulp; 0 below -87.3. What is not said to overflow must not be above 88.7.
Halide::Expr expOf(Halide::Expr x, bool mayOverflow = true);
Halide::Expr expm1Of(Halide::Expr x); ///< 4 ulp
Halide::Expr logOf(Halide::Expr x);   ///< 2 ulp
Halide::Expr log1pOf(Halide::Expr x); ///< 4 ulp
Halide::Expr powOf(Halide::Expr x, Halide::Expr y);
Halide::Expr tanhOf(Halide::Expr x); ///< 4 ulp
Halide::Expr erfOf(Halide::Expr x);  ///< 6 ulp
Halide::Expr sinOf(Halide::Expr x);  ///< 2 ulp
Halide::Expr cosOf(Halide::Expr x);  ///< 2 ulp
/// 1 / (1 + e^-x), 16 ulp, of which most where it is small; at least 2^-125.
Halide::Expr sigmoidOf(Halide::Expr x);
Halide::Expr sqrtOf(Halide::Expr x);
Halide::Expr truncOf(Halide::Expr x);
/// The integer next to x, of two the even one, for |x| < 2^22.
Halide::Expr roundedSmall(Halide::Expr x);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_HALIDEMATH_H
