// Halide has calls of libm for most functions, an element at a time. Those that
// networks have for every element (exponentials, tanh, erf, the sigmoid, sine
// and cosine) are polynomials or quotients of them in f32 here, which run as
// vectors. The reduction of an exponential's argument is strict, since
// reassociated it loses the bits for which it is done in two steps. Half types
// are computed in f32; f64 is left to libm.

#include "HalideMath.h"
#include "SharedExprs.h"

using namespace Halide;
using Halide::Internal::Call;

namespace convopt {

/// Computes half types in f32; `f` need know f32 and f64 only.
template <typename F> static Expr inFloat(F f, Expr x) {
  Type type = x.type();
  if (type.bits() >= 32)
    return f(x);
  return cast(type, f(cast(Float(32), x)));
}

static Expr horner(Expr x, std::initializer_list<float> highestFirst) {
  Expr sum = 0.0f;
  for (float c : highestFirst)
    sum = sum * x + c;
  return sum;
}

/// The integer next to x, as a number, for |x| < 2^22. Added to 1.5 * 2^23 x
/// loses its fraction, and what remains are the low bits of that sum. An
/// instruction that rounds LLVM has for half of the longest vectors only.
struct Rounded {
  Expr sum, number;
};
static Rounded splitSmall(Expr x) {
  Expr large = roundingAddend;
  Expr sum = strictAdd(x, large);
  return {sum, strictSub(sum, large)};
}

Expr roundedSmall(Expr x) { return splitSmall(std::move(x)).number; }

/// x = n ln 2 + r with |r| <= ln 2 / 2, the product with the upper bits of ln 2
/// is exact; for 2 e^r a minimax polynomial whose error is 1.05e-7, times
/// 2^(n - 1), which lies below the fraction of n's sum. So the product
/// overflows where it should, and beyond the bounds of x it is infinity and
/// zero, which stands for all that is less than 2^-125.5, too. A bound is one
/// instruction that passes NaN, a comparison and what it selects are three.
/// Only what would lose bits is strict: x, behind its bounds, is a number of
/// its own for LLVM, and n is one.
static Expr exp32(Expr x, bool mayOverflow) {
  x = maximum(x, -87.5f);
  if (mayOverflow)
    x = minimum(x, 89.0f);
  Expr large = roundingAddend + 126.0f; // the exponent of 1, less that of 2
  Expr sum = x * 1.44269504f + large;
  Expr n = strictSub(sum, large);
  Expr r = strictSub(x - n * 0.693359375f, strictMul(n, -2.12194440e-4f));
  Expr y = horner(r, {2 * 8.3125010e-3f, 2 * 4.1890331e-2f, 2 * 1.6667116e-1f,
                      2 * 4.9999231e-1f, 2.0f, 2.0f});
  Expr power = reinterpret(Float(32), reinterpret(UInt(32), sum) << 23);
  return strictMul(y, power);
}

Expr expOf(Expr x, bool mayOverflow) {
  if (x.type() == Float(64))
    return exp(x);
  return inFloat([=](Expr x) { return exp32(x, mayOverflow); }, x);
}

/// A quotient of an odd and an even polynomial, beyond 7.9 it is one (the
/// coefficients are those of Eigen's ptanh).
static Expr tanh32(Expr x) {
  x = minimum(maximum(x, -7.90531110763549805f), 7.90531110763549805f);
  Expr z = x * x;
  Expr p = horner(z, {-2.76076847742355e-16f, 2.00018790482477e-13f,
                      -8.60467152213735e-11f, 5.12229709037114e-08f,
                      1.48572235717979e-05f, 6.37261928875436e-04f,
                      4.89352455891786e-03f});
  Expr q = horner(z, {1.19825839466702e-06f, 1.18534705686654e-04f,
                      2.26843463243900e-03f, 4.89352518554385e-03f});
  return x * p / q;
}

Expr tanhOf(Expr x) {
  if (x.type() == Float(64))
    return tanh(x);
  return inFloat(tanh32, x);
}

/// tanh(x/2) (e^x + 1): no cancellation near zero.
Expr expm1Of(Expr x) {
  if (x.type() == Float(64))
    return Call::make(Float(64), "expm1", {x}, Call::PureExtern);
  return inFloat(
      [](Expr x) { return strictMul(tanh32(x * 0.5f), exp32(x, true) + 1.0f); },
      x);
}

Expr logOf(Expr x) {
  return inFloat([](Expr x) { return log(x); }, x);
}

/// log(1 + x) corrected for what the sum has lost (Kahan).
Expr log1pOf(Expr x) {
  if (x.type() == Float(64))
    return Call::make(Float(64), "log1p", {x}, Call::PureExtern);
  return inFloat(
      [](Expr x) {
        Expr u = strictAdd(x, 1.0f);
        Expr lost = strictSub(u, 1.0f);
        Expr exact = strictEqual(lost, 0.0f);
        // At infinity the quotient would be NaN.
        Expr large = strictLess(1e8f, x);
        Expr scale = x / select(exact || large, 1.0f, lost);
        return select(exact, x, log(u) * select(large, 1.0f, scale));
      },
      x);
}

Expr powOf(Expr x, Expr y) {
  if (x.type().bits() < 32)
    return cast(x.type(), powOf(cast(Float(32), x), cast(Float(32), y)));
  if (auto constant = Internal::as_const_float(y)) {
    if (*constant == 1)
      return x;
    if (*constant == 2)
      return x * x;
    if (*constant == 3)
      return x * x * x;
    if (*constant == 0.5)
      return sqrtOf(x);
    if (*constant == -1)
      return Internal::make_one(x.type()) / x;
  }
  return pow(x, y);
}

/// 2^t with t = -x log2(e) = n + f, |f| <= 1/2: a minimax polynomial for 2^f,
/// n added to its exponent. The error of t grows with x, but then e^-x counts
/// for little or the quotient for nothing.
static Expr sigmoid32(Expr x) {
  Expr t = x * -1.44269504f;
  t = minimum(maximum(t, -125.0f), 125.0f);
  Expr n = splitSmall(t).number;
  Expr power = horner(t - n, {1.3276472e-3f, 9.675541e-3f, 5.550713e-2f,
                              2.402212e-1f, 6.9314694e-1f, 1.0000001f});
  Expr bits = reinterpret(Int(32), power) + (cast(Int(32), n) << 23);
  return 1.0f / (reinterpret(Float(32), bits) + 1.0f);
}

Expr sigmoidOf(Expr x) {
  if (x.type() == Float(64))
    return Internal::make_one(x.type()) /
           (exp(-x) + Internal::make_one(x.type()));
  return inFloat(sigmoid32, x);
}

/// A quotient of an odd and an even polynomial, beyond 4 it is one (the
/// coefficients are those of Eigen's erf).
static Expr erf32(Expr x) {
  x = minimum(maximum(x, -4.0f), 4.0f);
  Expr z = x * x;
  Expr p = horner(z, {-2.72614225801306e-10f, 2.77068142495902e-08f,
                      -2.10102402082508e-06f, -5.69250639462346e-05f,
                      -7.34990630326855e-04f, -2.95459980854025e-03f,
                      -1.60960333262415e-02f});
  Expr q = horner(z, {-1.45660718464996e-05f, -2.13374055278905e-04f,
                      -1.68282697438203e-03f, -7.37332916720468e-03f,
                      -1.42647390514189e-02f});
  return x * p / q;
}

Expr erfOf(Expr x) {
  if (x.type() == Float(64))
    return Call::make(Float(64), "erf", {x}, Call::PureExtern);
  return inFloat(erf32, x);
}

/// x = n pi/2 + r with |r| <= pi/4, about; r in double precision, in which the
/// product of n with the upper 33 bits of pi/2 is exact, so that r has all its
/// bits next to a multiple, too (Cody and Waite). Then the polynomials of
/// Cephes' sinf, for the sine or the cosine of r as n says. For |x| < 2^20.
static Expr sineAt(const Expr &x, int quadrant) {
  auto [sum, n] = splitSmall(x * 0.636619772f);
  Expr wide = cast(Float(64), n);
  Expr upper = strictSub(cast(Float(64), x),
                         strictMul(wide, Expr(1.57079632673412561417)));
  Expr r = cast(Float(32), upper - wide * Expr(6.07710050650619224932e-11));
  Expr z = r * r;
  Expr sine =
      horner(z, {-1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f}) *
          (z * r) +
      r;
  Expr cosine = horner(z, {2.443315711809948e-5f, -1.388731625493765e-3f,
                           4.166664568298827e-2f}) *
                    (z * z) -
                0.5f * z + 1.0f;
  // Unsigned: Halide leaves open what becomes of a sign that is shifted out.
  Expr q = reinterpret(UInt(32), sum) + cast(UInt(32), quadrant);
  Expr bits = reinterpret(UInt(32), select((q & 1) == 0, sine, cosine)) ^
              ((q & 2) << 30);
  return reinterpret(Float(32), bits);
}

/// Of what is larger, and of what is no number, libm's: Halide code branches
/// for it once a vector (BranchOnce.h).
static Expr sineOrLibm(const Expr &x, int quadrant, const char *libm) {
  return Call::make(Float(32), Call::if_then_else,
                    {strictLess(abs(x), 1048576.0f), sineAt(x, quadrant),
                     Call::make(Float(32), libm, {x}, Call::PureExtern)},
                    Call::PureIntrinsic);
}

Expr sinOf(Expr x) {
  if (x.type() == Float(64))
    return sin(x);
  return inFloat([](Expr x) { return sineOrLibm(x, 0, "sinf"); }, x);
}

Expr cosOf(Expr x) {
  if (x.type() == Float(64))
    return cos(x);
  return inFloat([](Expr x) { return sineOrLibm(x, 1, "cosf"); }, x);
}

Expr sqrtOf(Expr x) {
  return inFloat([](Expr x) { return sqrt(x); }, x);
}

Expr truncOf(Expr x) {
  return inFloat([](Expr x) { return trunc(x); }, x);
}

} // namespace convopt
