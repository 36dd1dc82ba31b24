#include "Constant.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace convopt {

/// Elements up to which a constant is written out in the IR, where upstream
/// folders see through it.
static constexpr int64_t inlineElements = 8;

std::optional<int64_t> countElements(ArrayRef<int64_t> shape) {
  // 32 GiB of doubles: more than a machine spares for one tensor.
  constexpr int64_t limit = int64_t(1) << 32;
  int64_t count = 1;
  bool tooLarge = false;
  for (int64_t dim : shape) {
    if (dim < 0)
      return std::nullopt;
    if (dim == 0)
      return 0;
    tooLarge |= llvm::MulOverflow(count, dim, count) || count > limit;
    if (tooLarge)
      count = limit;
  }
  return tooLarge ? std::nullopt : std::optional<int64_t>(count);
}

bool broadcastsTo(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  if (from.size() > to.size())
    return false;
  for (auto [a, b] : llvm::zip(from, to.take_back(from.size())))
    if (a != 1 && a != b)
      return false;
  return true;
}

Constant::Constant(ElementKind kind, ArrayRef<int64_t> shape,
                   ArrayRef<char> bytes, std::shared_ptr<const void> owner)
    : elementKind(kind), dims(shape), elements(*countElements(shape)),
      data(bytes), owner(std::move(owner)) {}

/// A constant that owns `count` elements, and where to write them.
template <typename Fill>
static Constant build(ElementKind kind, ArrayRef<int64_t> shape, int64_t count,
                      Fill fill) {
  auto store = std::make_shared<std::vector<char>>(count * byteSize(kind));
  fill(store->data());
  ArrayRef<char> bytes(*store);
  return Constant(kind, shape, bytes, std::move(store));
}

Constant Constant::splat(ElementKind kind, ArrayRef<int64_t> shape,
                         ArrayRef<char> element) {
  Constant result = build(kind, shape, 1, [&](char *out) {
    std::memcpy(out, element.data(), element.size());
  });
  result.oneElement = true;
  return result;
}

static const llvm::fltSemantics &semantics(ElementKind kind) {
  switch (kind) {
  case ElementKind::F16:
    return llvm::APFloat::IEEEhalf();
  case ElementKind::BF16:
    return llvm::APFloat::BFloat();
  case ElementKind::F32:
    return llvm::APFloat::IEEEsingle();
  default:
    return llvm::APFloat::IEEEdouble();
  }
}

static void storeInt(ElementKind kind, char *out, int64_t value) {
  if (kind == ElementKind::Bool)
    value = value != 0;
  std::memcpy(out, &value, byteSize(kind)); // little endian
}

static void storeDouble(ElementKind kind, char *out, double value) {
  llvm::APFloat number(value);
  bool losesInfo;
  number.convert(semantics(kind), llvm::APFloat::rmNearestTiesToEven,
                 &losesInfo);
  uint64_t bits = number.bitcastToAPInt().getZExtValue();
  std::memcpy(out, &bits, byteSize(kind));
}

/// Out of range, as for infinities and NaN, the largest or smallest integer,
/// and 0: C++ leaves it undefined.
static int64_t toInt(double value) {
  if (value != value)
    return 0;
  if (value >= 9223372036854775808.0)
    return std::numeric_limits<int64_t>::max();
  if (value < -9223372036854775808.0)
    return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

Constant Constant::fromInts(ElementKind kind, ArrayRef<int64_t> shape,
                            ArrayRef<int64_t> values) {
  return build(kind, shape, values.size(), [&](char *out) {
    for (int64_t value : values) {
      if (isFloat(kind))
        storeDouble(kind, out, static_cast<double>(value));
      else
        storeInt(kind, out, value);
      out += byteSize(kind);
    }
  });
}

Constant Constant::fromDoubles(ElementKind kind, ArrayRef<int64_t> shape,
                               ArrayRef<double> values) {
  return build(kind, shape, values.size(), [&](char *out) {
    for (double value : values) {
      if (isFloat(kind))
        storeDouble(kind, out, value);
      else if (kind == ElementKind::Bool)
        storeInt(kind, out, value != 0);
      else
        storeInt(kind, out, toInt(value));
      out += byteSize(kind);
    }
  });
}

const char *Constant::element(int64_t index) const {
  return data.data() + (oneElement ? 0 : index * byteSize(elementKind));
}

int64_t Constant::intAt(int64_t index) const {
  if (isFloat(elementKind))
    return toInt(doubleAt(index));
  uint64_t bits = 0;
  std::memcpy(&bits, element(index), byteSize(elementKind));
  if (elementKind == ElementKind::Bool)
    return bits != 0;
  if (isUnsigned(elementKind))
    return static_cast<int64_t>(bits);
  return llvm::SignExtend64(bits, byteSize(elementKind) * 8);
}

double Constant::doubleAt(int64_t index) const {
  if (elementKind == ElementKind::U64)
    return static_cast<double>(static_cast<uint64_t>(intAt(index)));
  if (!isFloat(elementKind))
    return static_cast<double>(intAt(index));
  uint64_t bits = 0;
  std::memcpy(&bits, element(index), byteSize(elementKind));
  llvm::APFloat number(
      semantics(elementKind),
      llvm::APInt(static_cast<unsigned>(byteSize(elementKind) * 8), bits));
  bool losesInfo;
  number.convert(llvm::APFloat::IEEEdouble(),
                 llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return number.convertToDouble();
}

std::vector<int64_t> Constant::ints() const {
  std::vector<int64_t> values(elements);
  for (int64_t i = 0; i < elements; ++i)
    values[i] = intAt(i);
  return values;
}

std::vector<double> Constant::doubles() const {
  std::vector<double> values(elements);
  for (int64_t i = 0; i < elements; ++i)
    values[i] = doubleAt(i);
  return values;
}

Constant Constant::reshaped(ArrayRef<int64_t> shape) const {
  Constant result = *this;
  result.dims.assign(shape.begin(), shape.end());
  return result;
}

Constant Constant::transposed(ArrayRef<int64_t> perm) const {
  Shape shape, strides(dims.size(), 1), step;
  for (int64_t i = static_cast<int64_t>(dims.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * dims[i + 1];
  for (int64_t from : perm) {
    shape.push_back(dims[from]);
    step.push_back(strides[from]);
  }
  Constant result;
  if (oneElement || elements == 0) {
    result = reshaped(shape);
  } else {
    int64_t width = byteSize(elementKind);
    result = build(elementKind, shape, elements, [&](char *out) {
      Shape at(shape.size(), 0);
      int64_t from = 0;
      for (int64_t i = 0; i < elements; ++i) {
        std::memcpy(out + i * width, data.data() + from * width, width);
        for (int64_t d = static_cast<int64_t>(shape.size()) - 1; d >= 0; --d) {
          from += step[d];
          if (++at[d] < shape[d])
            break;
          from -= step[d] * shape[d];
          at[d] = 0;
        }
      }
    });
  }
  result.name = name;
  return result;
}

/// Whether all elements of `width` bytes are the first one again.
static bool allEqual(ArrayRef<char> data, int64_t width) {
  return static_cast<int64_t>(data.size()) >= width &&
         std::memcmp(data.data(), data.data() + width, data.size() - width) ==
             0;
}

/// MLIR prints the names of resources as they are but reads identifiers alone.
static std::string toIdentifier(StringRef name) {
  std::string result = name.empty() ? "constant" : name.str();
  for (char &c : result)
    if (!llvm::isAlnum(c) && c != '.' && c != '$')
      c = '_';
  return llvm::isAlpha(result[0]) || result[0] == '_' ? result : "_" + result;
}

Value Constant::materialise(OpBuilder &builder, Location loc) const {
  auto type = RankedTensorType::get(
      dims, toMlirType(elementKind, builder.getContext()));
  auto constant = [&](ElementsAttr attr) {
    return builder.create<arith::ConstantOp>(loc, type, attr);
  };
  int64_t width = byteSize(elementKind);
  bool splat = oneElement || (elements > 0 && allEqual(data, width));
  int64_t distinct = splat ? 1 : elements;
  if (elements == 0)
    return constant(DenseElementsAttr::getFromRawBuffer(type, {}));
  // MLIR packs dense booleans to bits, which a resource must not be.
  if (elementKind == ElementKind::Bool) {
    SmallVector<bool> values;
    for (int64_t i = 0; i < distinct; ++i)
      values.push_back(intAt(i) != 0);
    return constant(DenseElementsAttr::get(type, values));
  }
  if (splat || distinct <= inlineElements)
    return constant(DenseElementsAttr::getFromRawBuffer(
        type, data.take_front(distinct * width)));

  AsmResourceBlob blob;
  if (reinterpret_cast<uintptr_t>(data.data()) % width == 0) {
    auto keepAlive = [owner = owner](void *, size_t, size_t) {};
    blob = UnmanagedAsmResourceBlob::allocateWithAlign(
        data, static_cast<size_t>(width), std::move(keepAlive));
  } else {
    blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(data, /*align=*/64);
  }
  return constant(DenseResourceElementsAttr::get(type, toIdentifier(name),
                                                 std::move(blob)));
}

} // namespace convopt
