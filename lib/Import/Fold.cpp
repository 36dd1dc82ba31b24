// Computes while importing what operators do with shapes, so that Reshape,
// Slice, Resize and the like see constants.
#include "Node.h"
#include "Ops/Slicing.h"
#include <cmath>

using namespace llvm;

namespace convopt {

/// Above, computing is the business of the passes (weights) or of the object.
static constexpr int64_t foldLimit = 1 << 14;

/// Whether all inputs and the output are small and known.
static bool isSmall(const Node &node) {
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (node.hasInput(i) &&
        (!node.constant(i) || node.constant(i)->size() > foldLimit))
      return false;
  for (size_t i = 0; i < node.numOutputs(); ++i)
    if (node.hasOutput(i) && *countElements(node.outputShape(i)) > foldLimit)
      return false;
  return node.hasOutput(0);
}

static Expected<bool> done(Error error) {
  if (error)
    return std::move(error);
  return true;
}

/// For each element of `to`, which element of a tensor of shape `from` numpy
/// broadcasts there.
static std::vector<int64_t> broadcastIndices(ArrayRef<int64_t> from,
                                             ArrayRef<int64_t> to) {
  std::vector<int64_t> indices{0};
  int64_t stride = 1;
  for (size_t i = 0; i < to.size(); ++i) {
    size_t axis = to.size() - 1 - i;
    int64_t dim = i < from.size() ? from[from.size() - 1 - i] : 1;
    std::vector<int64_t> next;
    next.reserve(indices.size() * to[axis]);
    for (int64_t at = 0; at < to[axis]; ++at)
      for (int64_t inner : indices)
        next.push_back(inner + (dim == 1 ? 0 : at * stride));
    indices = std::move(next);
    stride *= dim;
  }
  return indices;
}

static bool canBroadcast(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  if (from.size() > to.size())
    return false;
  for (auto [a, b] : zip(from, to.take_back(from.size())))
    if (a != 1 && a != b)
      return false;
  return true;
}

/// All inputs, broadcast; `ints` for integers and bool, `floats` for floats.
template <typename Ints, typename Floats>
static Expected<bool> foldElementwise(Node &node, Ints ints, Floats floats) {
  if (!isSmall(node))
    return false;
  ArrayRef<int64_t> shape = node.outputShape(0);
  size_t count = *countElements(shape);
  bool isFloating = isFloat(node.inputKind(node.numInputs() - 1));
  std::vector<std::vector<int64_t>> at;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (!node.hasInput(i) || !canBroadcast(node.inputShape(i), shape))
      return false;
    at.push_back(broadcastIndices(node.inputShape(i), shape));
  }
  if (isFloating) {
    std::vector<double> result(count), x(at.size());
    for (size_t e = 0; e < count; ++e) {
      for (size_t i = 0; i < at.size(); ++i)
        x[i] = node.constant(i)->doubleAt(at[i][e]);
      result[e] = floats(ArrayRef<double>(x));
    }
    return done(node.setOutput(
        0, Constant::fromDoubles(node.outputKind(0), shape, result)));
  }
  std::vector<int64_t> result(count), x(at.size());
  for (size_t e = 0; e < count; ++e) {
    for (size_t i = 0; i < at.size(); ++i)
      x[i] = node.constant(i)->intAt(at[i][e]);
    std::optional<int64_t> value = ints(ArrayRef<int64_t>(x));
    if (!value)
      return node.error("integer division by zero");
    result[e] = *value;
  }
  return done(
      node.setOutput(0, Constant::fromInts(node.outputKind(0), shape, result)));
}

using I = ArrayRef<int64_t>;
using D = ArrayRef<double>;
using MaybeInt = std::optional<int64_t>;

// Signed overflow wraps, as on every machine.
static int64_t wrapAdd(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}
static int64_t wrapMul(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) *
                              static_cast<uint64_t>(b));
}
static MaybeInt divide(int64_t a, int64_t b) {
  if (b == 0)
    return std::nullopt;
  return b == -1 ? wrapMul(a, -1) : a / b;
}

static Expected<bool> foldAdd(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return wrapAdd(x[0], x[1]); },
      [](D x) { return x[0] + x[1]; });
}
static Expected<bool> foldSub(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return wrapAdd(x[0], wrapMul(x[1], -1)); },
      [](D x) { return x[0] - x[1]; });
}
static Expected<bool> foldMul(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return wrapMul(x[0], x[1]); },
      [](D x) { return x[0] * x[1]; });
}
static Expected<bool> foldDiv(Node &node) {
  return foldElementwise(
      node, [](I x) { return divide(x[0], x[1]); },
      [](D x) { return x[0] / x[1]; });
}
/// For fmod=0, as shapes use it: the sign of the divisor.
static Expected<bool> foldMod(Node &node) {
  if (node.getInt("fmod", 0))
    return false;
  return foldElementwise(
      node,
      [](I x) -> MaybeInt {
        if (x[1] == 0)
          return std::nullopt;
        int64_t rest = x[1] == -1 ? 0 : x[0] % x[1];
        return rest && (rest < 0) != (x[1] < 0) ? rest + x[1] : rest;
      },
      [](D x) { return std::fmod(x[0], x[1]); });
}
static Expected<bool> foldMin(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return *min_element(x); },
      [](D x) { return *min_element(x); });
}
static Expected<bool> foldMax(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return *max_element(x); },
      [](D x) { return *max_element(x); });
}
static Expected<bool> foldNeg(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return wrapMul(x[0], -1); },
      [](D x) { return -x[0]; });
}
static Expected<bool> foldAbs(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return x[0] < 0 ? wrapMul(x[0], -1) : x[0]; },
      [](D x) { return std::fabs(x[0]); });
}
static Expected<bool> foldFloor(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return x[0]; },
      [](D x) { return std::floor(x[0]); });
}
static Expected<bool> foldCeil(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return x[0]; },
      [](D x) { return std::ceil(x[0]); });
}
static Expected<bool> foldSqrt(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return x[0]; },
      [](D x) { return std::sqrt(x[0]); });
}
static Expected<bool> foldEqual(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return x[0] == x[1]; },
      [](D x) { return double(x[0] == x[1]); });
}
static Expected<bool> foldLess(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return x[0] < x[1]; },
      [](D x) { return double(x[0] < x[1]); });
}
static Expected<bool> foldGreater(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return x[0] > x[1]; },
      [](D x) { return double(x[0] > x[1]); });
}
static Expected<bool> foldAnd(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return x[0] && x[1]; },
      [](D) { return 0.0; });
}
static Expected<bool> foldOr(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return x[0] || x[1]; },
      [](D) { return 0.0; });
}
static Expected<bool> foldNot(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return !x[0]; }, [](D) { return 0.0; });
}
static Expected<bool> foldWhere(Node &node) {
  return foldElementwise(
      node, [](I x) -> MaybeInt { return x[0] ? x[1] : x[2]; },
      [](D x) { return x[0] != 0 ? x[1] : x[2]; });
}

static Expected<bool> foldCast(Node &node) {
  if (!isSmall(node))
    return false;
  const Constant &from = *node.constant(0);
  ElementKind kind = node.outputKind(0);
  // Through doubles only where there is a fraction or a float to make.
  Constant result =
      isFloat(from.kind())
          ? Constant::fromDoubles(kind, from.shape(), from.doubles())
      : isFloat(kind)
          ? Constant::fromDoubles(kind, from.shape(), from.doubles())
          : Constant::fromInts(kind, from.shape(), from.ints());
  return done(node.setOutput(0, std::move(result)));
}

/// The elements `indices` of `from`, which may be of any kind.
static Constant gather(const Constant &from, ArrayRef<int64_t> indices,
                       ArrayRef<int64_t> shape) {
  if (isFloat(from.kind())) {
    std::vector<double> values;
    for (int64_t index : indices)
      values.push_back(from.doubleAt(index));
    return Constant::fromDoubles(from.kind(), shape, values);
  }
  std::vector<int64_t> values;
  for (int64_t index : indices)
    values.push_back(from.intAt(index));
  return Constant::fromInts(from.kind(), shape, values);
}

static Expected<bool> foldShape(Node &node) {
  int64_t rank = static_cast<int64_t>(node.inputShape(0).size());
  auto clampAxis = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = clampAxis(node.getInt("start", 0));
  int64_t end = std::max(start, clampAxis(node.getInt("end", rank)));
  return done(node.setOutput(
      0, Constant::fromInts(ElementKind::I64, {end - start},
                            node.inputShape(0).slice(start, end - start))));
}

static Expected<bool> foldSize(Node &node) {
  return done(node.setOutput(
      0, Constant::fromInts(ElementKind::I64, {},
                            *countElements(node.inputShape(0)))));
}

static Expected<bool> foldConstantOfShape(Node &node) {
  Constant element =
      Constant::fromInts(ElementKind::F32, {}, ArrayRef<int64_t>{0});
  if (node.hasAttribute("value")) {
    auto value = node.getTensor("value");
    if (!value)
      return value.takeError();
    if (value->size() != 1)
      return node.error("attribute 'value' must have one element");
    element = std::move(*value);
  }
  return done(
      node.setOutput(0, Constant::splat(element.kind(), node.outputShape(0),
                                        element.bytes())));
}

static Expected<bool> foldGather(Node &node) {
  if (!isSmall(node))
    return false;
  ArrayRef<int64_t> shape = node.inputShape(0);
  auto axis = node.normalizeAxis(node.getInt("axis", 0),
                                 static_cast<int64_t>(shape.size()));
  if (!axis)
    return axis.takeError();
  int64_t outer = 1, inner = 1;
  for (int64_t i = 0; i < static_cast<int64_t>(shape.size()); ++i)
    (i < *axis ? outer : inner) *= i == *axis ? 1 : shape[i];
  std::vector<int64_t> from;
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t index : node.constant(1)->ints()) {
      index += index < 0 ? shape[*axis] : 0;
      if (index < 0 || index >= shape[*axis])
        return node.error("an index is out of bounds");
      for (int64_t i = 0; i < inner; ++i)
        from.push_back((o * shape[*axis] + index) * inner + i);
    }
  if (static_cast<int64_t>(from.size()) != *countElements(node.outputShape(0)))
    return false;
  return done(
      node.setOutput(0, gather(*node.constant(0), from, node.outputShape(0))));
}

static Expected<bool> foldConcat(Node &node) {
  if (!isSmall(node) || node.outputShape(0).size() != 1)
    return false;
  bool floating = isFloat(node.outputKind(0));
  std::vector<int64_t> ints;
  std::vector<double> doubles;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (floating)
      append_range(doubles, node.constant(i)->doubles());
    else
      append_range(ints, node.constant(i)->ints());
  }
  if (static_cast<int64_t>(ints.size() + doubles.size()) !=
      node.outputShape(0)[0])
    return false;
  Shape shape(node.outputShape(0));
  return done(node.setOutput(
      0, floating ? Constant::fromDoubles(node.outputKind(0), shape, doubles)
                  : Constant::fromInts(node.outputKind(0), shape, ints)));
}

static Expected<bool> foldSlice(Node &node) {
  if (!isSmall(node))
    return false;
  auto range = readSlice(node);
  if (!range)
    return range.takeError();
  ArrayRef<int64_t> shape = node.inputShape(0);
  if (ArrayRef<int64_t>(range->sizes) != node.outputShape(0))
    return false;
  std::vector<int64_t> indices{0};
  for (size_t i = 0; i < shape.size(); ++i) {
    std::vector<int64_t> next;
    for (int64_t before : indices)
      for (int64_t j = 0; j < range->sizes[i]; ++j)
        next.push_back(before * shape[i] + range->offsets[i] +
                       j * range->steps[i]);
    indices = std::move(next);
  }
  return done(node.setOutput(
      0, gather(*node.constant(0), indices, node.outputShape(0))));
}

static Expected<bool> foldExpand(Node &node) {
  if (!isSmall(node) || !canBroadcast(node.inputShape(0), node.outputShape(0)))
    return false;
  auto indices = broadcastIndices(node.inputShape(0), node.outputShape(0));
  return done(node.setOutput(
      0, gather(*node.constant(0), indices, node.outputShape(0))));
}

static Expected<bool> foldRange(Node &node) {
  if (!isSmall(node))
    return false;
  double start = node.constant(0)->doubleAt(0);
  double step = node.constant(2)->doubleAt(0);
  std::vector<double> values;
  for (int64_t i = 0; i < node.outputShape(0)[0]; ++i)
    values.push_back(start + static_cast<double>(i) * step);
  Shape shape(node.outputShape(0));
  return done(node.setOutput(
      0, Constant::fromDoubles(node.outputKind(0), shape, values)));
}

/// Of all elements: the products and sums that count elements.
static Expected<bool> foldReduction(Node &node, bool isProduct) {
  if (!isSmall(node) || *countElements(node.outputShape(0)) != 1 ||
      isFloat(node.inputKind(0)) ||
      (node.getInt("noop_with_empty_axes", 0) && !node.hasInput(1)))
    return false;
  int64_t result = isProduct ? 1 : 0;
  for (int64_t value : node.constant(0)->ints())
    result = isProduct ? wrapMul(result, value) : wrapAdd(result, value);
  return done(node.setOutput(
      0, Constant::fromInts(node.outputKind(0), node.outputShape(0), result)));
}

static Expected<bool> foldReduceProd(Node &node) {
  return foldReduction(node, true);
}
static Expected<bool> foldReduceSum(Node &node) {
  return foldReduction(node, false);
}

const FoldTable &getFoldTable() {
  static const FoldTable table = {
      {"Add", foldAdd},
      {"Sub", foldSub},
      {"Mul", foldMul},
      {"Div", foldDiv},
      {"Mod", foldMod},
      {"Min", foldMin},
      {"Max", foldMax},
      {"Neg", foldNeg},
      {"Abs", foldAbs},
      {"Floor", foldFloor},
      {"Ceil", foldCeil},
      {"Sqrt", foldSqrt},
      {"Equal", foldEqual},
      {"Less", foldLess},
      {"Greater", foldGreater},
      {"And", foldAnd},
      {"Or", foldOr},
      {"Not", foldNot},
      {"Where", foldWhere},
      {"Cast", foldCast},
      {"Shape", foldShape},
      {"Size", foldSize},
      {"ConstantOfShape", foldConstantOfShape},
      {"Gather", foldGather},
      {"Concat", foldConcat},
      {"Slice", foldSlice},
      {"Expand", foldExpand},
      {"Range", foldRange},
      {"ReduceProd", foldReduceProd},
      {"ReduceSum", foldReduceSum},
  };
  return table;
}

} // namespace convopt
