#include "Fold.h"
#include <cmath>

using namespace llvm;

namespace convopt {

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
    if (!node.hasInput(i) || !broadcastsTo(node.inputShape(i), shape))
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
  if (!isSmall(node) || isFloat8(node.inputKind(0)) ||
      isFloat8(node.outputKind(0)))
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

void registerElementwiseFolds(FoldTable &table) {
  table["Add"] = foldAdd;
  table["Sub"] = foldSub;
  table["Mul"] = foldMul;
  table["Div"] = foldDiv;
  table["Mod"] = foldMod;
  table["Min"] = foldMin;
  table["Max"] = foldMax;
  table["Neg"] = foldNeg;
  table["Abs"] = foldAbs;
  table["Floor"] = foldFloor;
  table["Ceil"] = foldCeil;
  table["Sqrt"] = foldSqrt;
  table["Equal"] = foldEqual;
  table["Less"] = foldLess;
  table["Greater"] = foldGreater;
  table["And"] = foldAnd;
  table["Or"] = foldOr;
  table["Not"] = foldNot;
  table["Where"] = foldWhere;
  table["Cast"] = foldCast;
}

} // namespace convopt
