// DFT, STFT and MelWeightMatrix. A complex number is a last dimension of two.
#include "Ops.h"
#include "Spectrum.h"
#include <cmath>

using namespace mlir;
using llvm::Error;

namespace convopt {

/// Lengths whose tables a module holds.
static constexpr int64_t lengthLimit = 1 << 22;

/// One component of the complex numbers in the last dimension, as rows x n.
static Value takeComponent(Node &node, Value x, int64_t component,
                           int64_t rows) {
  Shape shape(shapeOf(x)), offsets(shape.size(), 0);
  int64_t n = shape.end()[-2];
  offsets.back() = component;
  shape.back() = 1;
  return reshape(node, slice(node, x, offsets, shape), {rows, n});
}

/// Real and imaginary parts, rows x n, as a last dimension of `shape`, the
/// first n entries of each row.
static Value joinComponents(Node &node, ComplexRows x,
                            ArrayRef<int64_t> shape) {
  Shape part(shape);
  part.back() = 1;
  int64_t rows = shapeOf(x.real)[0], count = shape.end()[-2];
  auto cut = [&](Value value) {
    return reshape(node, slice(node, value, {0, 0}, {rows, count}), part);
  };
  return node.builder.create<tensor::ConcatOp>(
      node.loc, static_cast<int64_t>(shape.size()) - 1,
      ValueRange{cut(x.real), cut(x.imaginary)});
}

static llvm::Expected<ElementKind> checkKind(const Node &node) {
  ElementKind kind = node.inputKind(0);
  if (kind != ElementKind::F32 && kind != ElementKind::F64)
    return node.error("takes floating point only");
  return kind;
}

/// A number from an optional input that must be known.
static llvm::Expected<std::optional<int64_t>>
optionalInt(const Node &node, size_t i, const char *what) {
  if (!node.hasInput(i))
    return std::nullopt;
  auto values = node.constantInts(i, what);
  if (!values)
    return values.takeError();
  if (values->size() != 1)
    return node.error(Twine(what) + " must be one number");
  return values->front();
}

static Error importDft(Node &node) {
  auto kind = checkKind(node);
  if (!kind)
    return kind.takeError();
  Shape shape(node.inputShape(0)), result(node.outputShape(0));
  int64_t rank = static_cast<int64_t>(shape.size());
  if (rank < 2 || shape.back() < 1 || shape.back() > 2)
    return node.error("needs a last dimension of one or two");
  auto length = optionalInt(node, 1, "dft_length");
  if (!length)
    return length.takeError();
  auto given = optionalInt(node, 2, "axis");
  if (!given)
    return given.takeError();
  int64_t fallback = node.opset() >= 20 ? -2 : 1;
  auto axis =
      node.normalizeAxis(given->value_or(node.getInt("axis", fallback)), rank);
  if (!axis)
    return axis.takeError();
  if (*axis == rank - 1)
    return node.error("transforms along the components of complex numbers");
  int64_t n = length->value_or(shape[*axis]);
  bool inverse = node.getInt("inverse", 0), half = node.getInt("onesided", 0);
  if (n < 1 || n > lengthLimit)
    return node.error("dft_length is not positive, or too large");
  Shape expected(shape);
  expected[*axis] = half ? n / 2 + 1 : n;
  expected.back() = 2;
  if (ArrayRef<int64_t>(expected) != node.outputShape(0))
    return node.error("the output does not fit dft_length and axis");
  if (*countElements(result) == 0)
    return node.setOutput(
        0, createEmpty(node, result, node.outputType(0).getElementType()));

  // The axis becomes the last one before the components.
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq(rank)), back(rank);
  std::rotate(perm.begin() + *axis, perm.begin() + *axis + 1, perm.end() - 1);
  for (auto [i, from] : llvm::enumerate(perm))
    back[from] = static_cast<int64_t>(i);
  Value x = transpose(node, node.input(0), perm);
  // Shortened, or zeros behind it.
  Shape cut(shapeOf(x)), zeros(rank, 0), high(rank, 0);
  int64_t kept = std::min(cut[rank - 2], n), components = cut.back();
  cut[rank - 2] = kept;
  high[rank - 2] = n - kept;
  Scalar scalar(node.builder, node.loc, *kind);
  x = pad(node, slice(node, x, zeros, cut), zeros, high, scalar.attribute(0));
  int64_t rows = *countElements(ArrayRef(cut).drop_back(2));
  ComplexRows parts{takeComponent(node, x, 0, rows),
                    components == 2 ? takeComponent(node, x, 1, rows)
                                    : Value()};
  ComplexRows spectrum = transformRows(node, parts, *kind, inverse);
  Shape moved;
  for (int64_t from : perm)
    moved.push_back(expected[from]);
  Value y = transpose(node, joinComponents(node, spectrum, moved), back);
  if (inverse)
    y = elementwise(node, Operand(y), expected, *kind,
                    [&](Scalar &s, ArrayRef<Value> a) {
                      return s.div(a[0], s.constant(static_cast<double>(n)));
                    });
  return node.setOutput(0, y);
}

static Error importStft(Node &node) {
  auto kind = checkKind(node);
  if (!kind)
    return kind.takeError();
  ArrayRef<int64_t> signal = node.inputShape(0), result = node.outputShape(0);
  auto step = optionalInt(node, 1, "frame_step");
  if (!step)
    return step.takeError();
  auto stated = optionalInt(node, 3, "frame_length");
  if (!stated)
    return stated.takeError();
  bool hasComponents = signal.size() == 3;
  if (signal.size() < 2 || signal.size() > 3 ||
      (hasComponents && (signal[2] < 1 || signal[2] > 2)) ||
      (node.hasInput(2) && node.inputShape(2).size() != 1))
    return node.error("signal or window do not have the rank that they need");
  int64_t components = hasComponents ? signal[2] : 1;
  int64_t length = *stated            ? **stated
                   : node.hasInput(2) ? node.inputShape(2)[0]
                                      : signal[1];
  if (!*step || **step < 1 || length < 1 || length > signal[1] ||
      length > lengthLimit ||
      (node.hasInput(2) && node.inputShape(2)[0] != length))
    return node.error("frame_step, frame_length and window do not fit the "
                      "signal");
  int64_t frames = 1 + (signal[1] - length) / **step;
  bool half = node.getInt("onesided", 1);
  Shape expected{signal[0], frames, half ? length / 2 + 1 : length, 2};
  if (ArrayRef<int64_t>(expected) != result)
    return node.error("the output does not fit the frames");
  if (*countElements(result) == 0)
    return node.setOutput(
        0, createEmpty(node, result, node.outputType(0).getElementType()));
  Value x = node.input(0), window = node.hasInput(2) ? node.input(2) : Value();
  auto component = [&](int64_t number) {
    Value y = generate(
        node, {signal[0], frames, length}, *kind,
        [&](Scalar &s, ArrayRef<Value> at) -> Value {
          OpBuilder &b = s.builder;
          auto index = [&](int64_t value) -> Value {
            return b.create<arith::ConstantIndexOp>(s.loc, value);
          };
          Value begin = b.create<arith::MulIOp>(s.loc, at[1], index(**step));
          SmallVector<Value> place{
              at[0], b.create<arith::AddIOp>(s.loc, begin, at[2])};
          if (hasComponents)
            place.push_back(index(number));
          Value element = b.create<tensor::ExtractOp>(s.loc, x, place);
          if (!window)
            return element;
          return s.mul(element,
                       b.create<tensor::ExtractOp>(s.loc, window, at[2]));
        });
    return reshape(node, y, {signal[0] * frames, length});
  };
  ComplexRows parts{component(0), components == 2 ? component(1) : Value()};
  ComplexRows spectrum = transformRows(node, parts, *kind, false);
  return node.setOutput(0, joinComponents(node, spectrum, expected));
}

/// Triangles over the bins of a spectrum, whose corners lie at equal distances
/// on the mel scale.
static Error importMelWeightMatrix(Node &node) {
  const char *names[] = {"num_mel_bins", "dft_length", "sample_rate",
                         "lower_edge_hertz", "upper_edge_hertz"};
  double values[5];
  for (size_t i = 0; i < 5; ++i) {
    auto given = node.constantDoubles(i, names[i]);
    if (!given)
      return given.takeError();
    if (given->size() != 1)
      return node.error(Twine(names[i]) + " must be one number");
    values[i] = given->front();
  }
  auto [bins, length, rate, low, high] = values;
  if (!(bins >= 0 && bins <= lengthLimit && length >= 1 &&
        length <= lengthLimit && rate > 0 && low >= 0 && high >= low &&
        std::isfinite(high)))
    return node.error("its sizes and frequencies make no matrix");
  int64_t columns = static_cast<int64_t>(bins);
  int64_t rows = static_cast<int64_t>(length) / 2 + 1;
  auto toMel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
  double step = (toMel(high) - toMel(low)) / (bins + 2);
  std::vector<int64_t> corners;
  for (int64_t i = 0; i < columns + 2; ++i) {
    double mel = static_cast<double>(i) * step + toMel(low);
    double hertz = 700 * (std::pow(10.0, mel / 2595) - 1);
    corners.push_back(
        static_cast<int64_t>(std::floor((length + 1) * hertz / rate)));
  }
  if (node.outputShape(0) != ArrayRef<int64_t>{rows, columns})
    return node.error("the output does not fit its sizes");
  if (corners.back() >= rows + 1)
    return node.error("upper_edge_hertz is beyond half of sample_rate");
  std::vector<double> matrix(rows * columns, 0.0);
  auto set = [&](int64_t row, int64_t column, double value) {
    if (row < rows)
      matrix[row * columns + column] = value;
  };
  for (int64_t i = 0; i < columns; ++i) {
    int64_t left = corners[i], center = corners[i + 1], right = corners[i + 2];
    if (left == center)
      set(center, i, 1);
    for (int64_t j = left; left < center && j <= center; ++j)
      set(j, i, static_cast<double>(j - left) / (center - left));
    for (int64_t j = center; j < right; ++j)
      set(j, i, static_cast<double>(right - j) / (right - center));
  }
  return node.setOutput(
      0, Constant::fromDoubles(node.outputKind(0), {rows, columns}, matrix));
}

void registerSignalOps(OpTable &table) {
  table["DFT"] = importDft;
  table["STFT"] = importStft;
  table["MelWeightMatrix"] = importMelWeightMatrix;
}

} // namespace convopt
