#include "ReadTensor.h"
#include "onnx/onnx_pb.h"

using namespace llvm;

namespace convopt {

static Expected<Constant> readExternal(const onnx::TensorProto &tensor,
                                       ElementKind kind, ArrayRef<int64_t> dims,
                                       uint64_t bytes, ExternalFiles &files) {
  std::string location;
  uint64_t offset = 0, length = bytes;
  for (const auto &entry : tensor.external_data()) {
    StringRef value = entry.value();
    if (entry.key() == "location")
      location = entry.value();
    else if ((entry.key() == "offset" && value.getAsInteger(10, offset)) ||
             (entry.key() == "length" && value.getAsInteger(10, length)))
      return createStringError("external data has a bad " + Twine(entry.key()) +
                               " '" + value + "'");
  }
  auto file = files.open(location);
  if (!file)
    return file.takeError();
  uint64_t size = (*file)->getBufferSize();
  if (length != bytes || offset > size || bytes > size - offset)
    return createStringError(
        "needs " + Twine(bytes) + " bytes at " + Twine(offset) +
        " of external data file '" + location + "', which has " + Twine(size) +
        (length != bytes ? ", and states " + Twine(length) : Twine()));
  ArrayRef<char> data((*file)->getBufferStart() + offset, bytes);
  return Constant(kind, dims, data, *file);
}

/// A field of numbers, each narrowed to the element type. The field is emptied,
/// for it may be several times as large.
template <typename Numbers>
static Expected<Constant> readField(Numbers *field, ElementKind kind,
                                    ArrayRef<int64_t> dims, int64_t count) {
  Numbers numbers;
  numbers.Swap(field);
  if (numbers.size() != count)
    return createStringError("has " + Twine(numbers.size()) +
                             " elements, its shape asks for " + Twine(count));
  int64_t width = byteSize(kind);
  auto store = std::make_shared<std::vector<char>>(count * width);
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(store->data() + i * width, &numbers.Get(i), width);
  ArrayRef<char> bytes(*store);
  return Constant(kind, dims, bytes, std::move(store));
}

static Expected<Constant> readElements(onnx::TensorProto &tensor,
                                       ElementKind kind, ArrayRef<int64_t> dims,
                                       int64_t count, ExternalFiles &files) {
  int64_t bytes = count * byteSize(kind);
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL)
    return readExternal(tensor, kind, dims, bytes, files);
  if (tensor.has_raw_data()) {
    if (static_cast<int64_t>(tensor.raw_data().size()) != bytes)
      return createStringError("has " + Twine(tensor.raw_data().size()) +
                               " bytes, its shape asks for " + Twine(bytes));
    std::shared_ptr<std::string> raw(tensor.release_raw_data());
    ArrayRef<char> data(raw->data(), raw->size());
    return Constant(kind, dims, data, std::move(raw));
  }
  switch (kind) {
  case ElementKind::F32:
    return readField(tensor.mutable_float_data(), kind, dims, count);
  case ElementKind::F64:
    return readField(tensor.mutable_double_data(), kind, dims, count);
  case ElementKind::I64:
    return readField(tensor.mutable_int64_data(), kind, dims, count);
  case ElementKind::U32:
  case ElementKind::U64:
    return readField(tensor.mutable_uint64_data(), kind, dims, count);
  default:
    return readField(tensor.mutable_int32_data(), kind, dims, count);
  }
}

/// Two in a byte, the first in its low half.
static Constant unpackHalves(const Constant &packed, ElementKind kind,
                             ArrayRef<int64_t> dims, int64_t count) {
  std::vector<int64_t> values(count);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t half = (packed.intAt(i / 2) >> (i % 2 ? 4 : 0)) & 15;
    values[i] = kind == ElementKind::I4 ? SignExtend64<4>(half) : half;
  }
  return Constant::fromInts(kind, dims, values);
}

Expected<Constant> readTensor(onnx::TensorProto &tensor, ExternalFiles &files) {
  std::optional<ElementKind> kind = weightKindFromOnnx(tensor.data_type());
  if (!kind)
    return createStringError(
        "element type " + onnx::TensorProto::DataType_Name(tensor.data_type()) +
        " is not supported");
  if (tensor.has_segment())
    return createStringError("segmented tensors are not supported");
  Shape dims(tensor.dims().begin(), tensor.dims().end());
  std::optional<int64_t> count = countElements(dims);
  if (!count)
    return createStringError("has a negative or too large shape");
  if (!isHalfByte(*kind))
    return readElements(tensor, *kind, dims, *count, files);
  const int64_t bytes = divideCeil(*count, 2);
  auto packed = readElements(tensor, ElementKind::U8, bytes, bytes, files);
  if (!packed)
    return packed.takeError();
  return unpackHalves(*packed, *kind, dims, *count);
}

onnx::TensorProto toTensorProto(const Constant &constant) {
  onnx::TensorProto tensor;
  tensor.set_data_type(elementKindToOnnx(constant.kind()));
  for (int64_t dim : constant.shape())
    tensor.add_dims(dim);
  ArrayRef<char> bytes = constant.bytes();
  bool repeat = constant.isSplat();
  std::string *raw = tensor.mutable_raw_data();
  for (int64_t i = 0, n = repeat ? constant.size() : 1; i < n; ++i)
    raw->append(bytes.data(), bytes.size());
  return tensor;
}

} // namespace convopt
