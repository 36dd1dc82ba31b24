// The discrete Fourier transform as tensor operations. For n = r m, elements
// x[a m + b] and results X[c + r d], the sum over both falls apart (Cooley and
// Tukey, 1965): for each b a transform of length r over a, a factor
// w^(b c), w = exp(-2 pi i / n), and for each c a transform of length m over b.
// Each step is one operation on the whole tensor, which runs over rows in
// vectors; the small r is a reduction loop. A length without small factors
// becomes a convolution of a power of two by Bluestein's identity
// 2 n k = n^2 + k^2 - (k - n)^2 (1970). Tables are made in double precision.
#include "Spectrum.h"
#include <cmath>
#include <complex>

using namespace mlir;

namespace convopt {

/// Factors up to which a transform is a step of a larger one, and lengths up to
/// which it is one sum.
static constexpr int64_t largestFactor = 8, largestSum = 32;

using Complex = std::complex<double>;

static ComplexRows materialise(Node &node, ArrayRef<Complex> values,
                               ArrayRef<int64_t> shape, ElementKind kind) {
  std::vector<double> real, imaginary;
  for (Complex value : values) {
    real.push_back(value.real());
    imaginary.push_back(value.imag());
  }
  return {node.materialise(Constant::fromDoubles(kind, shape, real)),
          node.materialise(Constant::fromDoubles(kind, shape, imaginary))};
}

/// exp(2 pi i turns / n), or with the other sign.
static Complex root(int64_t turns, int64_t n, bool inverse) {
  double angle =
      2 * M_PI * static_cast<double>(turns % n) / static_cast<double>(n);
  return std::polar(1.0, inverse ? angle : -angle);
}

static ComplexRows reshapeBoth(Node &node, ComplexRows x,
                               ArrayRef<int64_t> shape) {
  return {reshape(node, x.real, shape),
          x.imaginary ? reshape(node, x.imaginary, shape) : Value()};
}

/// y[row, c, b] = sum over a of w^(a c) x[row, a, b], w of order r.
static ComplexRows sumColumns(Node &node, ComplexRows x, ElementKind kind,
                              bool inverse) {
  OpBuilder &builder = node.builder;
  MLIRContext *context = builder.getContext();
  ArrayRef<int64_t> shape = shapeOf(x.real);
  int64_t r = shape[1];
  std::vector<Complex> factors;
  for (int64_t c = 0; c < r; ++c)
    for (int64_t a = 0; a < r; ++a)
      factors.push_back(root(a * c, r, inverse));
  ComplexRows table = materialise(node, factors, {r, r}, kind);
  // Loops: row, c, b, a.
  auto map = [&](ArrayRef<unsigned> dims) {
    return AffineMap::getMultiDimMapWithTargets(4, dims, context);
  };
  AffineMap xMap = map({0, 3, 2}), tableMap = map({1, 3}),
            yMap = map({0, 1, 2});
  SmallVector<Value> inputs{table.real, table.imaginary, x.real};
  SmallVector<AffineMap> maps{tableMap, tableMap, xMap};
  if (x.imaginary) {
    inputs.push_back(x.imaginary);
    maps.push_back(xMap);
  }
  maps.append({yMap, yMap});
  SmallVector<utils::IteratorType> loops(4, utils::IteratorType::parallel);
  loops.back() = utils::IteratorType::reduction;
  TypedAttr zero = Scalar(builder, node.loc, kind).attribute(0);
  SmallVector<Value> inits{createFilled(node, shape, zero),
                           createFilled(node, shape, zero)};
  bool isComplex = static_cast<bool>(x.imaginary);
  auto body = [&](OpBuilder &inner, Location loc, ValueRange arguments) {
    Scalar s(inner, loc, kind);
    Value wr = arguments[0], wi = arguments[1], xr = arguments[2];
    Value real = s.mul(wr, xr), imaginary = s.mul(wi, xr);
    if (isComplex) {
      Value xi = arguments[3];
      real = s.sub(real, s.mul(wi, xi));
      imaginary = s.add(imaginary, s.mul(wr, xi));
    }
    size_t sums = isComplex ? 4 : 3;
    Value results[] = {s.add(arguments[sums], real),
                       s.add(arguments[sums + 1], imaginary)};
    inner.create<linalg::YieldOp>(loc, results);
  };
  auto sum = builder.create<linalg::GenericOp>(
      node.loc, TypeRange(ValueRange(inits)), inputs, inits, maps, loops, body);
  return {sum.getResult(0), sum.getResult(1)};
}

/// x times the table, element by element; the table is broadcast over rows.
static ComplexRows multiply(Node &node, ComplexRows x, ComplexRows table,
                            ElementKind kind) {
  ArrayRef<int64_t> shape = shapeOf(x.real);
  if (!x.imaginary) {
    auto scale = [](Scalar &s, ArrayRef<Value> a) { return s.mul(a[0], a[1]); };
    return {elementwise(node, {x.real, table.real}, shape, kind, scale),
            elementwise(node, {x.real, table.imaginary}, shape, kind, scale)};
  }
  Operand operands[] = {x.real, x.imaginary, table.real, table.imaginary};
  return {elementwise(node, operands, shape, kind,
                      [](Scalar &s, ArrayRef<Value> a) {
                        return s.sub(s.mul(a[0], a[2]), s.mul(a[1], a[3]));
                      }),
          elementwise(node, operands, shape, kind,
                      [](Scalar &s, ArrayRef<Value> a) {
                        return s.add(s.mul(a[0], a[3]), s.mul(a[1], a[2]));
                      })};
}

/// While compiling, of a power of two.
static std::vector<Complex> transform(std::vector<Complex> x) {
  size_t n = x.size();
  if (n == 1)
    return x;
  std::vector<Complex> even, odd, result(n);
  for (size_t i = 0; i < n; ++i)
    (i % 2 ? odd : even).push_back(x[i]);
  even = transform(std::move(even));
  odd = transform(std::move(odd));
  for (size_t k = 0; k < n / 2; ++k) {
    Complex turned =
        root(static_cast<int64_t>(k), static_cast<int64_t>(n), false) * odd[k];
    result[k] = even[k] + turned;
    result[k + n / 2] = even[k] - turned;
  }
  return result;
}

/// X[k] = c[k] sum over n of (x[n] c[n]) conj(c[k - n]), c[n] = w^(n^2 / 2).
static ComplexRows transformByConvolution(Node &node, ComplexRows x,
                                          ElementKind kind, bool inverse) {
  int64_t rows = shapeOf(x.real)[0], n = shapeOf(x.real)[1], length = 1;
  while (length < 2 * n - 1)
    length *= 2;
  std::vector<Complex> chirp, filter(length);
  for (int64_t i = 0; i < n; ++i)
    chirp.push_back(root(i * i % (2 * n), 2 * n, inverse));
  for (int64_t i = 0; i < n; ++i)
    filter[i] = filter[(length - i) % length] = std::conj(chirp[i]);
  filter = transform(std::move(filter));
  // The division that the inverse transform owes.
  for (Complex &value : filter)
    value /= static_cast<double>(length);
  ComplexRows chirps = materialise(node, chirp, n, kind);
  ComplexRows moved = multiply(node, x, chirps, kind);
  TypedAttr zero = Scalar(node.builder, node.loc, kind).attribute(0);
  ComplexRows padded = {
      pad(node, moved.real, {0, 0}, {0, length - n}, zero),
      pad(node, moved.imaginary, {0, 0}, {0, length - n}, zero)};
  ComplexRows product = multiply(node, transformRows(node, padded, kind, false),
                                 materialise(node, filter, length, kind), kind);
  ComplexRows sums = transformRows(node, product, kind, true);
  ComplexRows cut = {slice(node, sums.real, {0, 0}, {rows, n}),
                     slice(node, sums.imaginary, {0, 0}, {rows, n})};
  return multiply(node, cut, chirps, kind);
}

ComplexRows transformRows(Node &node, ComplexRows x, ElementKind kind,
                          bool inverse) {
  int64_t rows = shapeOf(x.real)[0], n = shapeOf(x.real)[1];
  int64_t factor = 1;
  for (int64_t candidate = 2; candidate <= largestFactor; ++candidate)
    if (n % candidate == 0)
      factor = candidate;
  if (n <= largestSum && (factor == 1 || n <= largestFactor))
    factor = n;
  if (factor == 1 && n > 1)
    return transformByConvolution(node, x, kind, inverse);
  int64_t rest = n / factor;
  ComplexRows sums = sumColumns(
      node, reshapeBoth(node, x, {rows, factor, rest}), kind, inverse);
  if (rest == 1)
    return reshapeBoth(node, sums, {rows, n});
  std::vector<Complex> turns;
  for (int64_t c = 0; c < factor; ++c)
    for (int64_t b = 0; b < rest; ++b)
      turns.push_back(root(b * c, n, inverse));
  sums = multiply(node, sums, materialise(node, turns, {factor, rest}, kind),
                  kind);
  ComplexRows parts = transformRows(
      node, reshapeBoth(node, sums, {rows * factor, rest}), kind, inverse);
  parts = reshapeBoth(node, parts, {rows, factor, rest});
  ComplexRows ordered = {transpose(node, parts.real, {0, 2, 1}),
                         transpose(node, parts.imaginary, {0, 2, 1})};
  return reshapeBoth(node, ordered, {rows, n});
}

} // namespace convopt
