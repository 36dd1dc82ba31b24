// A filter's numbers are decoded and then brought in the order in which a
// convolution reads them: groups apart, a matrix transposed. It is small work
// to do the same with the integers, once, and to note what has become of the
// dimension along which each channel has its scale.

#include "Filter.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace convopt {

void forEachPlace(ArrayRef<int64_t> shape, ArrayRef<int64_t> dims,
                  function_ref<void(int64_t, int64_t)> body) {
  SmallVector<int64_t> steps(shape.size(), 0), index(shape.size(), 0);
  int64_t step = 1, count = 1, place = 0;
  for (int64_t dim : llvm::reverse(dims)) {
    steps[dim] = step;
    step *= shape[dim];
  }
  for (int64_t size : shape)
    count *= size;
  for (int64_t i = 0; i < count; ++i) {
    body(i, place);
    for (size_t d = shape.size(); d-- > 0;) {
      place += steps[d];
      if (++index[d] < shape[d])
        break;
      place -= steps[d] * shape[d];
      index[d] = 0;
    }
  }
}

std::optional<Numbers> Filter::takeOffExcess(ArrayRef<int64_t> dims) {
  Numbers excess;
  excess.dims.assign(dims.begin(), dims.end());
  int64_t places = 1;
  for (int64_t dim : dims)
    places *= shape[dim];
  std::vector<int16_t> least(places, 127), most(places, -128);
  forEachPlace(shape, dims, [&](int64_t i, int64_t place) {
    least[place] = std::min(least[place], values[i]);
    most[place] = std::max(most[place], values[i]);
  });
  bool isPossible = true;
  for (auto [low, high] : llvm::zip_equal(least, most)) {
    const int over = high > 127 ? high - 127 : std::min(low + 128, 0);
    isPossible &= low - over >= -128 && high - over <= 127;
    excess.values.push_back(over);
  }
  if (!isPossible)
    return std::nullopt;
  forEachPlace(shape, dims, [&](int64_t i, int64_t place) {
    values[i] = static_cast<int16_t>(values[i] -
                                     static_cast<int>(excess.values[place]));
  });
  return excess;
}

std::optional<Filter> readBytes(Value value, bool isSigned,
                                const Numbers &zero) {
  ElementsAttr attr;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.getElementType().isInteger(8) ||
      !matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  Filter filter;
  filter.shape.assign(type.getShape().begin(), type.getShape().end());
  const std::optional<double> splat = getSplat(value);
  ArrayRef<char> bytes = getRawBytes(attr);
  const auto count = static_cast<size_t>(type.getNumElements());
  if (!splat && bytes.size() != count)
    return std::nullopt;
  filter.values.resize(count);
  forEachPlace(filter.shape, zero.dims, [&](int64_t i, int64_t place) {
    const auto byte =
        static_cast<uint8_t>(splat ? static_cast<int64_t>(*splat) : bytes[i]);
    const int number = isSigned ? static_cast<int8_t>(byte) : byte;
    filter.values[i] =
        static_cast<int16_t>(number - static_cast<int>(zero.values[place]));
  });
  return filter;
}

/// A constant of i32, whose elements are those of 8-bit integers.
static std::optional<Filter> readIntegers(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.getElementType().isInteger(32))
    return std::nullopt;
  auto numbers = getConstantNumbers<double>(value);
  if (!numbers)
    return std::nullopt;
  Filter filter;
  filter.shape.assign(type.getShape().begin(), type.getShape().end());
  for (double number : *numbers) {
    if (number < -255 || number > 255)
      return std::nullopt;
    filter.values.push_back(static_cast<int16_t>(number));
  }
  return filter;
}

/// With dimensions joined or parted. Ones of a single place are along nothing.
static bool reshape(Filter &filter, ArrayRef<int64_t> shape,
                    ArrayRef<ReassociationIndices> groups, bool joins) {
  SmallVector<int64_t> dims;
  ArrayRef<int64_t> wide = joins ? ArrayRef<int64_t>(filter.shape) : shape;
  for (auto [narrow, group] : llvm::enumerate(groups)) {
    auto isAlong = [&](int64_t dim) {
      return llvm::is_contained(filter.scale.dims, dim);
    };
    if (!joins) {
      if (!isAlong(static_cast<int64_t>(narrow)))
        continue;
      for (int64_t dim : group)
        if (shape[dim] != 1)
          dims.push_back(dim);
      continue;
    }
    SmallVector<int64_t> own = llvm::to_vector(llvm::make_filter_range(
        group, [&](int64_t dim) { return wide[dim] != 1; }));
    if (llvm::none_of(own, isAlong))
      continue;
    if (!llvm::all_of(own, isAlong))
      return false;
    dims.push_back(static_cast<int64_t>(narrow));
  }
  filter.scale.dims = std::move(dims);
  filter.shape.assign(shape.begin(), shape.end());
  return true;
}

/// Result dimension i is dimension order[i].
static bool transpose(Filter &filter, ArrayRef<int64_t> order) {
  SmallVector<int64_t> shape, steps(order.size(), 1), dims;
  for (size_t d = order.size() - 1; d-- > 0;)
    steps[d] = steps[d + 1] * filter.shape[d + 1];
  for (auto [to, from] : llvm::enumerate(order)) {
    shape.push_back(filter.shape[from]);
    if (llvm::is_contained(filter.scale.dims, from))
      dims.push_back(static_cast<int64_t>(to));
  }
  // Scales of several dimensions would have to be reordered.
  if (dims.size() > 1)
    return false;
  std::vector<int16_t> values(filter.values.size());
  SmallVector<int64_t> index(order.size(), 0);
  int64_t from = 0;
  for (int16_t &value : values) {
    value = filter.values[from];
    for (size_t d = order.size(); d-- > 0;) {
      from += steps[order[d]];
      if (++index[d] < shape[d])
        break;
      from -= steps[order[d]] * shape[d];
      index[d] = 0;
    }
  }
  filter.values = std::move(values);
  filter.shape = std::move(shape);
  filter.scale.dims = std::move(dims);
  return true;
}

std::optional<Filter> readFilter(Value value) {
  if (std::optional<Filter> integers = readIntegers(value))
    return integers;
  if (std::optional<Decoding> decoding = matchDecoding(value)) {
    std::optional<Filter> filter =
        readBytes(decoding->source, decoding->isSigned, decoding->zero);
    if (filter)
      filter->scale = std::move(decoding->scale);
    return filter;
  }
  auto type = dyn_cast<RankedTensorType>(value.getType());
  Operation *op = value.getDefiningOp();
  if (!type || !type.hasStaticShape() || type.getRank() == 0 ||
      !isa_and_nonnull<tensor::CollapseShapeOp, tensor::ExpandShapeOp,
                       linalg::TransposeOp>(op))
    return std::nullopt;
  std::optional<Filter> filter = readFilter(op->getOperand(0));
  if (!filter)
    return std::nullopt;
  bool known = false;
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op))
    known = reshape(*filter, type.getShape(),
                    collapse.getReassociationIndices(), true);
  else if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    known = reshape(*filter, type.getShape(), expand.getReassociationIndices(),
                    false);
  else
    known = transpose(*filter, cast<linalg::TransposeOp>(op).getPermutation());
  return known ? filter : std::nullopt;
}

} // namespace convopt
