// Products and convolutions of 8-bit integers: MatMulInteger, ConvInteger,
// QLinearMatMul and QLinearConv. Zero points are subtracted first, which makes
// padding zero as well; the sums are those of the operator on numbers, in i32,
// so that they are exact, and are rounded once where a result is quantised.
// With a known filter convopt-fold-quantisation makes of that products of the
// 8-bit integers themselves. Of what it does not take the sums are just as
// exact in f32 while none can reach 2^24; then they have all the primitives
// that there are for f32.
#include "Ops.h"
#include "Quantise.h"

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace convopt {

namespace {
/// An operand: its numbers, its scale (QLinear) and its zero point, by their
/// numbers as inputs, and the axis that scale and zero point may follow.
struct Quantised {
  size_t x;
  std::optional<size_t> scale;
  size_t zero;
  int64_t axis;
};
} // namespace

static bool isByte(ElementKind kind) {
  return kind == ElementKind::I8 || kind == ElementKind::U8;
}

/// The zero point of all numbers alike, if it is known: that of filters which
/// have a scale each is a list of noughts.
static std::optional<int64_t> sharedZero(const Node &node,
                                         const Quantised &operand) {
  if (!node.hasInput(operand.zero))
    return 0;
  const Constant *zero = node.constant(operand.zero);
  if (!zero || zero->size() == 0)
    return std::nullopt;
  if (!zero->isSplat() && !llvm::all_equal(zero->ints()))
    return std::nullopt;
  return zero->intAt(0);
}

/// Whether there is one for all, be it known only when the network runs.
static bool hasOneZero(const Node &node, const Quantised &operand) {
  if (!node.hasInput(operand.zero) || sharedZero(node, operand))
    return true;
  return llvm::all_of(node.inputShape(operand.zero),
                      [](int64_t size) { return size == 1; });
}

/// The numbers without their zero point, known if they are.
static Expected<ImportedValue> centre(Node &node, const Quantised &operand,
                                      ElementKind kind) {
  ElementKind from = node.inputKind(operand.x);
  if (!isByte(from))
    return node.error("takes 8-bit integers only");
  ImportedValue result;
  result.kind = kind;
  result.shape.assign(node.inputShape(operand.x).begin(),
                      node.inputShape(operand.x).end());
  SmallVector<Operand> operands{Operand(node, operand.x)};
  const Constant *numbers = node.constant(operand.x);
  const bool hasZero = node.hasInput(operand.zero);
  if (hasZero) {
    if (node.inputKind(operand.zero) != from)
      return node.error("a zero point is of another type than its operand");
    auto spread = spreadOver(node, operand.zero, result.shape, operand.axis);
    if (!spread)
      return spread.takeError();
    operands.push_back(*spread);
  }
  if (auto shared = sharedZero(node, operand); numbers && shared) {
    std::vector<int64_t> values = numbers->ints();
    for (int64_t &value : values)
      value -= *shared;
    result.constant = Constant::fromInts(kind, result.shape, values);
    return result;
  }
  result.value = elementwise(
      node, operands, result.shape, kind, [&](Scalar &s, ArrayRef<Value> a) {
        Scalar integer(s.builder, s.loc, ElementKind::I32);
        Value x = integer.convert(a[0], from);
        if (a.size() > 1)
          x = integer.sub(x, integer.convert(a[1], from));
        return s.convert(x, integer.kind);
      });
  return result;
}

/// The largest distance of a number from its zero point.
static int64_t largestDistance(const Node &node, const Quantised &operand) {
  auto middle = sharedZero(node, operand);
  if (!middle)
    return 255;
  const int64_t least = node.inputKind(operand.x) == ElementKind::I8 ? -128 : 0;
  return std::max(*middle - least, least + 255 - *middle);
}

/// Whether the numbers of `operand` are known, and so are its zero points, and
/// products by them are made ones of 8-bit integers: if 8 bits with a sign hold
/// the differences, or several results read the same numbers.
static bool isByteFilter(const Node &node, const Quantised &operand,
                         bool sharesImage) {
  const Constant *numbers = node.constant(operand.x);
  if (!numbers || numbers->size() == 0)
    return false;
  if (sharesImage)
    return !node.hasInput(operand.zero) || node.constant(operand.zero);
  auto middle = sharedZero(node, operand);
  return middle && llvm::all_of(numbers->ints(), [&](int64_t number) {
           return number - *middle >= -128 && number - *middle <= 127;
         });
}

/// The exact sums of products that `plain`, the operator on numbers, gives.
/// `sharesImage`: several results read the same numbers of `a`.
static Expected<ImportedValue> multiply(Node &node, ImportFunction plain,
                                        const Quantised &a, const Quantised &b,
                                        int64_t terms, bool sharesImage) {
  const bool fits =
      terms * largestDistance(node, a) * largestDistance(node, b) < int64_t(1)
                                                                        << 24;
  const bool areBytes =
      hasOneZero(node, a) && isByteFilter(node, b, sharesImage);
  const ElementKind kind =
      fits && !areBytes ? ElementKind::F32 : ElementKind::I32;
  auto left = centre(node, a, kind);
  if (!left)
    return left.takeError();
  auto right = centre(node, b, kind);
  if (!right)
    return right.takeError();
  ImportedValue *inputs[] = {&*left, &*right};
  ImportedValue result;
  result.kind = kind;
  result.shape.assign(node.outputShape(0).begin(), node.outputShape(0).end());
  Node inner = node.with(inputs, result);
  if (Error error = plain(inner))
    return std::move(error);
  return result;
}

/// Sums as i32.
static Error setSums(Node &node, Expected<ImportedValue> sums) {
  if (!sums)
    return sums.takeError();
  if (sums->kind == node.outputKind(0))
    return node.setOutput(0, sums->value);
  Value result =
      elementwise(node, Operand(sums->value), sums->shape, node.outputKind(0),
                  [&](Scalar &s, ArrayRef<Value> a) {
                    return s.convert(a[0], sums->kind);
                  });
  return node.setOutput(0, result);
}

/// Of sums and three scales, of two operands and of a result, what sums are
/// multiplied by, if the scales are known; that of the first operand and that
/// of the result are one number.
static std::optional<Constant> knownFactor(ArrayRef<Operand> operands) {
  const Constant *a = operands[1].constant, *b = operands[2].constant,
                 *y = operands[3].constant;
  if (!a || !b || !y || !a->isSplat() || !y->isSplat() || b->size() == 0)
    return std::nullopt;
  std::vector<double> factors =
      b->isSplat() ? std::vector{b->doubleAt(0)} : b->doubles();
  // As single precision gives it.
  for (double &factor : factors)
    factor = static_cast<float>(a->doubleAt(0) * factor) /
             static_cast<float>(y->doubleAt(0));
  return Constant::fromDoubles(ElementKind::F32,
                               b->isSplat() ? ArrayRef<int64_t>() : b->shape(),
                               factors);
}

/// Sums, and a bias if `bias` is an input, as multiples of the result's scale.
static Error setQuantised(Node &node, Expected<ImportedValue> sums,
                          const Quantised &a, const Quantised &b,
                          const Quantised &y, std::optional<size_t> bias) {
  if (!sums)
    return sums.takeError();
  ArrayRef<int64_t> shape = node.outputShape(0);
  SmallVector<Operand> operands{sums->value};
  for (const Quantised *from : {&a, &b, &y}) {
    auto scale = spreadOver(node, *from->scale, shape, from->axis);
    if (!scale)
      return scale.takeError();
    operands.push_back(*scale);
  }
  ElementKind kind = node.outputKind(0);
  if (!isByte(kind))
    return node.error("gives 8-bit integers only");
  ElementKind scales = node.inputKind(*a.scale);
  std::optional<Constant> factor =
      scales == ElementKind::F32 ? knownFactor(operands) : std::nullopt;
  if (factor) {
    operands.truncate(1);
    operands.push_back(*factor);
  }
  auto zero = spreadOver(node, y.zero, shape, y.axis);
  if (!zero)
    return zero.takeError();
  operands.push_back(*zero);
  if (bias) {
    auto spread = spreadOver(node, *bias, shape, 1);
    if (!spread)
      return spread.takeError();
    operands.push_back(*spread);
  }
  const size_t next = factor ? 2 : 4;
  Value result = elementwise(
      node, operands, shape, kind, [&](Scalar &s, ArrayRef<Value> x) {
        Scalar single(s.builder, s.loc, ElementKind::F32);
        Scalar integer(s.builder, s.loc, ElementKind::I32);
        Value sum = integer.convert(x[0], sums->kind);
        if (bias)
          sum = integer.add(sum, x[next + 1]);
        auto scale = [&](size_t i) { return single.convert(x[i], scales); };
        Value times =
            factor ? x[1]
                   : single.div(single.mul(scale(1), scale(2)), scale(3));
        Value number = single.mul(single.convert(sum, integer.kind), times);
        return quantise(single, number, integer.convert(x[next], kind), kind);
      });
  return node.setOutput(0, result);
}

/// Terms of each sum of a product of matrices; a vector has no other axis.
static int64_t columns(const Node &node, size_t a) {
  return node.inputShape(a).empty() ? 1 : node.inputShape(a).back();
}

/// Row `-2` of a matrix, which is none in a vector.
static int64_t rowAxis(const Node &node, size_t a) {
  return static_cast<int64_t>(node.inputShape(a).size()) - 2;
}

/// Whether operand `b` of a product of matrices has several columns.
static bool hasColumns(const Node &node, size_t b) {
  return node.inputShape(b).size() > 1 && node.inputShape(b).back() > 1;
}

static Error importMatMulInteger(Node &node) {
  Quantised a{0, {}, 2, rowAxis(node, 0)}, b{1, {}, 3, rowAxis(node, 1) + 1};
  return setSums(node, multiply(node, getOpTable().lookup("MatMul"), a, b,
                                columns(node, 0), hasColumns(node, 1)));
}

static Error importQLinearMatMul(Node &node) {
  const auto rank = static_cast<int64_t>(node.outputShape(0).size());
  Quantised a{0, 1, 2, rowAxis(node, 0)}, b{3, 4, 5, rowAxis(node, 3) + 1};
  auto sums = multiply(node, getOpTable().lookup("MatMul"), a, b,
                       columns(node, 0), hasColumns(node, 3));
  a.axis = rank - 2;
  b.axis = rank - 1;
  return setQuantised(node, std::move(sums), a, b, {0, 6, 7, rank - 2}, {});
}

/// Terms of each sum of a convolution with filter `w`.
static int64_t taps(const Node &node, size_t w) {
  int64_t count = 1;
  for (int64_t extent : node.inputShape(w).drop_front(
           std::min<size_t>(1, node.inputShape(w).size())))
    count *= extent;
  return count;
}

/// Whether filter `w` has several channels for each group of the image's.
static bool sharesImage(const Node &node, size_t w) {
  ArrayRef<int64_t> shape = node.inputShape(w);
  return !shape.empty() && shape[0] > node.getInt("group", 1);
}

static Error importConvInteger(Node &node) {
  Quantised x{0, {}, 2, 1}, w{1, {}, 3, 0};
  return setSums(node, multiply(node, getOpTable().lookup("Conv"), x, w,
                                taps(node, 1), sharesImage(node, 1)));
}

static Error importQLinearConv(Node &node) {
  Quantised x{0, 1, 2, 1}, w{3, 4, 5, 0};
  auto sums = multiply(node, getOpTable().lookup("Conv"), x, w, taps(node, 3),
                       sharesImage(node, 3));
  w.axis = 1;
  std::optional<size_t> bias;
  if (node.hasInput(8))
    bias = 8;
  return setQuantised(node, std::move(sums), x, w, {0, 6, 7, 1}, bias);
}

void registerIntegerProductOps(OpTable &table) {
  table["MatMulInteger"] = importMatMulInteger;
  table["QLinearMatMul"] = importQLinearMatMul;
  table["ConvInteger"] = importConvInteger;
  table["QLinearConv"] = importQLinearConv;
}

} // namespace convopt
