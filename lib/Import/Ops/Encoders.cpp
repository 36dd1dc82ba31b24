// Binarizer and LabelEncoder of ai.onnx.ml: what is put before a classical
// model and behind it. A label encoder is a table from keys to values; as its
// keys are known, they are sorted while importing, and an element finds its own
// in as many steps as the logarithm of their number. The steps have no branch:
// each goes right by a power of two or stays, so that elements are looked up
// side by side. A chain of comparisons would take as many as there are keys.
#include "Generic.h"
#include "Ops.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace convopt {

/// An integer is above the threshold, an f32, if it reaches the next integer;
/// as f32 it might be rounded to the threshold.
static Error importBinarizer(Node &node) {
  const double threshold = node.getFloat("threshold", 0);
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) {
    Value one = s.intConstant(1), zero = s.intConstant(0);
    if (isFloat(s.kind))
      return s.select(s.less(s.constant(threshold), x[0]), one, zero);
    const bool isWide = s.kind == ElementKind::I64;
    const double least = isWide ? -0x1p63 : -0x1p31;
    if (!(threshold < -least - 1))
      return zero;
    if (threshold < least)
      return one;
    Value next = s.intConstant(static_cast<int64_t>(std::floor(threshold)) + 1);
    return s.select(s.lessOrEqual(next, x[0]), one, zero);
  });
}

/// The list `keys` or `values`, which is a tensor, of i64 or of f32.
static Expected<Constant> readList(Node &node, const std::string &name) {
  if (node.hasAttribute(name + "_tensor"))
    return node.getTensor(name + "_tensor");
  if (auto ints = node.getInts(name + "_int64s")) {
    const auto count = static_cast<int64_t>(ints->size());
    return Constant::fromInts(ElementKind::I64, {count}, *ints);
  }
  if (auto floats = node.getFloats(name + "_floats")) {
    const auto count = static_cast<int64_t>(floats->size());
    return Constant::fromDoubles(ElementKind::F32, {count}, *floats);
  }
  return node.error("needs a list of " + name + " that are numbers");
}

/// What an element becomes that is no key.
static Expected<Constant> readDefault(Node &node, ElementKind kind) {
  if (node.hasAttribute("default_tensor"))
    return node.getTensor("default_tensor");
  if (node.hasAttribute("values_tensor"))
    return Constant::fromDoubles(kind, {1}, isFloat(kind) ? -0.0 : -1.0);
  if (kind == ElementKind::I64)
    return Constant::fromInts(kind, {1}, node.getInt("default_int64", -1));
  return Constant::fromDoubles(kind, {1}, node.getFloat("default_float", -0.0));
}

namespace {
/// Keys in ascending order, each once, and where its value stands.
struct Sorted {
  SmallVector<int64_t> places;
  /// That of the key NaN, which equals any NaN.
  std::optional<int64_t> nan;
};
} // namespace

/// Of a key that is there twice the last one counts, as the standard says of
/// opset 4. (ONNX Runtime takes the first.)
static Sorted sortKeys(const Constant &keys) {
  Sorted sorted;
  const bool floats = isFloat(keys.kind());
  for (int64_t i = 0; i < keys.size(); ++i) {
    if (floats && std::isnan(keys.doubleAt(i)))
      sorted.nan = i;
    else
      sorted.places.push_back(i);
  }
  auto less = [&](int64_t a, int64_t b) {
    return floats ? keys.doubleAt(a) < keys.doubleAt(b)
                  : keys.intAt(a) < keys.intAt(b);
  };
  // Equal keys as they come.
  llvm::sort(sorted.places, [&](int64_t a, int64_t b) {
    return less(a, b) || (!less(b, a) && a < b);
  });
  SmallVector<int64_t> unique;
  for (int64_t place : sorted.places) {
    if (!unique.empty() && !less(unique.back(), place))
      unique.back() = place;
    else
      unique.push_back(place);
  }
  sorted.places = std::move(unique);
  return sorted;
}

/// The elements of `list` at `places`, then the last of them until there are
/// `count`.
static Constant pick(const Constant &list, ArrayRef<int64_t> places,
                     int64_t count) {
  std::vector<char> bytes;
  const int64_t size = byteSize(list.kind());
  for (int64_t i = 0; i < count; ++i) {
    const int64_t from =
        list.isSplat() ? 0 : places[std::min<size_t>(i, places.size() - 1)];
    ArrayRef<char> element = list.bytes().slice(from * size, size);
    bytes.insert(bytes.end(), element.begin(), element.end());
  }
  auto owner = std::make_shared<std::vector<char>>(std::move(bytes));
  return Constant(list.kind(), {count}, *owner, owner);
}

static Value extractAt(Scalar &s, Value table, Value place) {
  Value at = s.builder.create<arith::IndexCastOp>(
      s.loc, s.builder.getIndexType(), place);
  return s.builder.create<tensor::ExtractOp>(s.loc, table, at);
}

/// Element `i` of the keys in order, as a scalar. A tensor.extract of a known
/// place would be folded by MLIR, which cannot read what is a resource.
static Value literal(Scalar &s, const Constant &keys, ArrayRef<int64_t> places,
                     int64_t i) {
  const int64_t from = places[std::min<size_t>(i, places.size() - 1)];
  return isFloat(s.kind) ? s.constant(keys.doubleAt(from))
                         : s.intConstant(keys.intAt(from));
}

/// A tensor of one number of `list`.
static Constant pickOne(const Constant &list, int64_t place) {
  return pick(list, place, 1).reshaped({});
}

static Error importLabelEncoder(Node &node) {
  auto keys = readList(node, "keys");
  if (!keys)
    return keys.takeError();
  auto values = readList(node, "values");
  if (!values)
    return values.takeError();
  auto fallback = readDefault(node, node.outputKind(0));
  if (!fallback)
    return fallback.takeError();
  if (keys->size() != values->size() || keys->kind() != node.inputKind(0) ||
      values->kind() != node.outputKind(0) || fallback->size() != 1 ||
      fallback->kind() != values->kind())
    return node.error("its attributes do not fit");
  const Sorted sorted = sortKeys(*keys);
  const auto count =
      static_cast<int64_t>(llvm::PowerOf2Ceil(sorted.places.size()));
  Value keyTable, valueTable, nanValue;
  if (count) {
    keyTable = node.materialise(pick(*keys, sorted.places, count));
    valueTable = node.materialise(pick(*values, sorted.places, count));
  }
  if (sorted.nan)
    nanValue = node.materialise(pickOne(*values, *sorted.nan));
  Value otherwise = node.materialise(pickOne(*fallback, 0));
  Value x = node.input(0);
  auto body = [&](Scalar &s, ArrayRef<Value> at) -> Value {
    Scalar key(s.builder, s.loc, node.inputKind(0));
    Scalar place(s.builder, s.loc, ElementKind::I64);
    Value element = s.builder.create<tensor::ExtractOp>(s.loc, x, at);
    Value result =
        s.builder.create<tensor::ExtractOp>(s.loc, otherwise, ValueRange());
    if (count) {
      // Where the first key stands that is not less.
      Value found = place.intConstant(0);
      for (int64_t step = count / 2; step > 0; step /= 2) {
        Value last = place.add(found, place.intConstant(step - 1));
        // The first one is always the same.
        Value other = step == count / 2
                          ? literal(key, *keys, sorted.places, step - 1)
                          : extractAt(s, keyTable, last);
        Value right = place.add(found, place.intConstant(step));
        found = place.select(key.less(other, element), right, found);
      }
      Value isKey = key.equal(extractAt(s, keyTable, found), element);
      result = s.select(isKey, extractAt(s, valueTable, found), result);
    }
    if (!sorted.nan)
      return result;
    Value value =
        s.builder.create<tensor::ExtractOp>(s.loc, nanValue, ValueRange());
    Value isNaN = s.builder.create<arith::CmpFOp>(
        s.loc, arith::CmpFPredicate::UNO, element, element);
    return s.select(isNaN, value, result);
  };
  return node.setOutput(
      0, generate(node, node.outputShape(0), node.outputKind(0), body));
}

void registerEncoderOps(OpTable &table) {
  table["Binarizer"] = importBinarizer;
  table["LabelEncoder"] = importLabelEncoder;
}

} // namespace convopt
