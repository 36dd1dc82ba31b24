#include "convopt/IR/Constants.h"
#include "convopt/IR/ConstantStore.h"
#include "convopt/IR/ConvoptDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace convopt {

ArrayRef<char> getRawBytes(ElementsAttr attr) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob ? blob->getData() : ArrayRef<char>();
  }
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  // One bit a boolean is not how anything else stores them.
  if (!dense || dense.isSplat() || dense.getElementType().isInteger(1))
    return {};
  return dense.getRawData();
}

std::optional<std::vector<float>> getConstantFloats(Value value) {
  ElementsAttr attr;
  if (!matchPattern(value, m_Constant(&attr)) || !attr.getElementType().isF32())
    return std::nullopt;
  size_t count = attr.getNumElements();
  if (auto dense = dyn_cast<DenseElementsAttr>(attr); dense && dense.isSplat())
    return std::vector<float>(count, dense.getSplatValue<float>());
  ArrayRef<char> bytes = getRawBytes(attr);
  if (bytes.size() != count * sizeof(float))
    return std::nullopt;
  std::vector<float> data(count);
  std::memcpy(data.data(), bytes.data(), bytes.size());
  return data;
}

static std::optional<double> asDouble(Attribute attr) {
  if (auto number = dyn_cast<FloatAttr>(attr))
    return number.getValueAsDouble();
  if (auto number = dyn_cast<IntegerAttr>(attr))
    return static_cast<double>(number.getValue().getSExtValue());
  return std::nullopt;
}

std::optional<double> getSplat(Value value) {
  if (auto fill = value.getDefiningOp<linalg::FillOp>())
    return getSplat(fill.getInputs()[0]);
  Attribute attr;
  if (!matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(attr))
    return dense.isSplat() ? asDouble(dense.getSplatValue<Attribute>())
                           : std::nullopt;
  return asDouble(attr);
}

Value createConstant(OpBuilder &builder, Location loc, RankedTensorType type,
                     StringRef name, ArrayRef<float> data) {
  assert(static_cast<size_t>(type.getNumElements()) == data.size());
  ArrayRef<char> bytes(reinterpret_cast<const char *>(data.data()),
                       data.size() * sizeof(float));
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, /*align=*/64);
  auto attr = DenseResourceElementsAttr::get(type, name, std::move(blob));
  return builder.create<arith::ConstantOp>(loc, type, attr);
}

/// An arith.constant of `elements`, which are moved to where it keeps them. A
/// vector's memory is aligned for more than bytes.
template <typename T>
static Value createOwningConstant(OpBuilder &builder, Location loc,
                                  RankedTensorType type, StringRef name,
                                  std::vector<T> &&elements) {
  auto owner = std::make_shared<std::vector<T>>(std::move(elements));
  ArrayRef<char> bytes(reinterpret_cast<const char *>(owner->data()),
                       owner->size() * sizeof(T));
  auto *dialect = builder.getContext()->getLoadedDialect<ConvoptDialect>();
  auto *store =
      dialect ? dialect->getRegisteredInterface<ConstantStore>() : nullptr;
  AsmResourceBlob blob =
      store ? store->keep(bytes, alignof(float), std::move(owner))
            : UnmanagedAsmResourceBlob::allocateWithAlign(
                  bytes, alignof(float), [owner](void *, size_t, size_t) {});
  auto attr = DenseResourceElementsAttr::get(type, name, std::move(blob));
  return builder.create<arith::ConstantOp>(loc, type, attr);
}

Value createConstant(OpBuilder &builder, Location loc, RankedTensorType type,
                     StringRef name, std::vector<float> &&data) {
  assert(static_cast<size_t>(type.getNumElements()) == data.size());
  return createOwningConstant(builder, loc, type, name, std::move(data));
}

Value createConstant(OpBuilder &builder, Location loc, RankedTensorType type,
                     StringRef name, std::vector<char> &&data) {
  assert(static_cast<size_t>(type.getNumElements()) *
             type.getElementTypeBitWidth() ==
         data.size() * 8);
  return createOwningConstant(builder, loc, type, name, std::move(data));
}

std::optional<std::vector<char>> getConstantBytes(ElementsAttr attr) {
  const size_t size = attr.getElementType().getIntOrFloatBitWidth() / 8;
  const size_t count = attr.getNumElements();
  ArrayRef<char> bytes = getRawBytes(attr);
  if (size == 0)
    return std::nullopt;
  if (bytes.size() == count * size)
    return std::vector<char>(bytes.begin(), bytes.end());
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  if (!dense || !dense.isSplat() || dense.getRawData().size() != size)
    return std::nullopt;
  std::vector<char> all;
  all.reserve(count * size);
  for (size_t i = 0; i < count; ++i)
    llvm::append_range(all, dense.getRawData());
  return all;
}

namespace {
template <typename Element, typename Number>
std::optional<std::vector<Number>> read(ElementsAttr attr) {
  size_t count = attr.getNumElements();
  ArrayRef<char> bytes;
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  const bool isSplat = dense && dense.isSplat();
  bytes = isSplat ? dense.getRawData() : getRawBytes(attr);
  if (bytes.size() != (isSplat ? 1 : count) * sizeof(Element))
    return std::nullopt;
  std::vector<Number> numbers(count);
  for (size_t i = 0; i < count; ++i) {
    Element element;
    std::memcpy(&element, bytes.data() + (isSplat ? 0 : i * sizeof(Element)),
                sizeof(Element));
    numbers[i] = static_cast<Number>(element);
  }
  return numbers;
}

template <typename Element, typename Number>
Value create(OpBuilder &builder, Location loc, RankedTensorType type,
             StringRef name, ArrayRef<Number> numbers) {
  std::vector<Element> elements(numbers.size());
  for (auto [element, number] : llvm::zip_equal(elements, numbers))
    element = static_cast<Element>(number);
  return createOwningConstant(builder, loc, type, name, std::move(elements));
}
} // namespace

template <typename Number>
std::optional<std::vector<Number>> getConstantNumbers(Value value) {
  ElementsAttr attr;
  if (!matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  Type type = attr.getElementType();
  return type.isF32()         ? read<float, Number>(attr)
         : type.isInteger(8)  ? read<int8_t, Number>(attr)
         : type.isInteger(32) ? read<int32_t, Number>(attr)
                              : std::nullopt;
}

template <typename Number>
Value createNumbers(OpBuilder &builder, Location loc, RankedTensorType type,
                    StringRef name, std::vector<Number> &&numbers) {
  Type element = type.getElementType();
  if (llvm::all_equal(numbers) && !numbers.empty()) {
    // Keep what everything else recognises.
    Attribute splat = element.isF32()
                          ? Attribute(builder.getF32FloatAttr(numbers.front()))
                          : builder.getIntegerAttr(
                                element, static_cast<int64_t>(numbers.front()));
    return builder.create<arith::ConstantOp>(
        loc, DenseElementsAttr::get(type, splat));
  }
  if constexpr (std::is_same_v<Number, float>)
    if (element.isF32())
      return createConstant(builder, loc, type, name, std::move(numbers));
  ArrayRef<Number> view(numbers);
  return element.isF32() ? create<float>(builder, loc, type, name, view)
         : element.isInteger(8)
             ? create<int8_t>(builder, loc, type, name, view)
             : create<int32_t>(builder, loc, type, name, view);
}

template std::optional<std::vector<float>> getConstantNumbers(Value);
template std::optional<std::vector<double>> getConstantNumbers(Value);
template Value createNumbers(OpBuilder &, Location, RankedTensorType, StringRef,
                             std::vector<float> &&);
template Value createNumbers(OpBuilder &, Location, RankedTensorType, StringRef,
                             std::vector<double> &&);

} // namespace convopt
