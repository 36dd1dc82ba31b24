#include "Elements.h"
#include "../Constant.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace convopt {

std::optional<int64_t> placeOf(ArrayRef<int64_t> at, ArrayRef<int64_t> shape) {
  int64_t place = 0;
  for (auto [i, extent] : llvm::zip_equal(at, shape)) {
    if (i < 0 || i >= extent)
      return std::nullopt;
    place = place * extent + i;
  }
  return place;
}

bool advance(MutableArrayRef<int64_t> at, ArrayRef<int64_t> extents) {
  for (size_t i = extents.size(); i-- > 0;) {
    if (++at[i] < extents[i])
      return true;
    at[i] = 0;
  }
  return false;
}

std::optional<Elements> readConstant(ElementsAttr attr) {
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return std::nullopt;
    dense = DenseElementsAttr::getFromRawBuffer(resource.getType(),
                                                blob->getData());
  }
  if (!dense)
    return std::nullopt;
  auto values = dense.getValues<Attribute>();
  return Elements(values.begin(), values.end());
}

Elements sliceElements(tensor::ExtractSliceOp op, const Elements &source) {
  ArrayRef<int64_t> offsets = op.getStaticOffsets(),
                    sizes = op.getStaticSizes(),
                    strides = op.getStaticStrides();
  Elements result;
  Shape at(sizes.size(), 0), from(at);
  if (countElements(sizes).value_or(0) == 0)
    return result;
  do {
    for (size_t i = 0; i < at.size(); ++i)
      from[i] = offsets[i] + at[i] * strides[i];
    std::optional<int64_t> place = placeOf(from, shapeOf(op.getSource()));
    result.push_back(place ? source[*place] : Attribute());
  } while (advance(at, sizes));
  return result;
}

Elements padElements(tensor::PadOp op, const Elements &source,
                     Attribute filler) {
  ArrayRef<int64_t> shape = shapeOf(op.getResult());
  Elements result;
  Shape at(shape.size(), 0), from(at);
  if (countElements(shape).value_or(0) == 0)
    return result;
  do {
    for (size_t i = 0; i < at.size(); ++i)
      from[i] = at[i] - op.getStaticLow()[i];
    std::optional<int64_t> place = placeOf(from, shapeOf(op.getSource()));
    result.push_back(place ? source[*place] : filler);
  } while (advance(at, shape));
  return result;
}

Elements concatElements(tensor::ConcatOp op,
                        ArrayRef<const Elements *> sources) {
  // Of every input in turn, what lies at the same place before the dimension.
  ArrayRef<int64_t> shape = shapeOf(op.getResult());
  int64_t outer = *countElements(shape.take_front(op.getDim()));
  Elements result;
  for (int64_t i = 0; i < outer; ++i)
    for (const Elements *source : sources) {
      int64_t part = static_cast<int64_t>(source->size()) / outer;
      result.insert(result.end(), source->begin() + i * part,
                    source->begin() + (i + 1) * part);
    }
  return result;
}

} // namespace convopt
