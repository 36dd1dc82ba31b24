#include "ElementKind.h"
#include "mlir/IR/Builders.h"
#include "onnx/onnx_pb.h"

using namespace mlir;

namespace convopt {

namespace {
struct Row {
  ElementKind kind;
  int32_t onnx;
  const char *name;
  unsigned bits;
};
} // namespace

/// In the order of ElementKind.
static constexpr Row kinds[] = {
    {ElementKind::F16, onnx::TensorProto::FLOAT16, "f16", 16},
    {ElementKind::BF16, onnx::TensorProto::BFLOAT16, "bf16", 16},
    {ElementKind::F32, onnx::TensorProto::FLOAT, "f32", 32},
    {ElementKind::F64, onnx::TensorProto::DOUBLE, "f64", 64},
    {ElementKind::I8, onnx::TensorProto::INT8, "i8", 8},
    {ElementKind::I16, onnx::TensorProto::INT16, "i16", 16},
    {ElementKind::I32, onnx::TensorProto::INT32, "i32", 32},
    {ElementKind::I64, onnx::TensorProto::INT64, "i64", 64},
    {ElementKind::I4, onnx::TensorProto::INT4, "i4", 8},
    {ElementKind::U8, onnx::TensorProto::UINT8, "u8", 8},
    {ElementKind::U16, onnx::TensorProto::UINT16, "u16", 16},
    {ElementKind::U32, onnx::TensorProto::UINT32, "u32", 32},
    {ElementKind::U64, onnx::TensorProto::UINT64, "u64", 64},
    {ElementKind::U4, onnx::TensorProto::UINT4, "u4", 8},
    {ElementKind::Bool, onnx::TensorProto::BOOL, "bool", 8},
    {ElementKind::F8E4M3FN, onnx::TensorProto::FLOAT8E4M3FN, "f8e4m3fn", 8},
    {ElementKind::F8E4M3FNUZ, onnx::TensorProto::FLOAT8E4M3FNUZ, "f8e4m3fnuz",
     8},
    {ElementKind::F8E5M2, onnx::TensorProto::FLOAT8E5M2, "f8e5m2", 8},
    {ElementKind::F8E5M2FNUZ, onnx::TensorProto::FLOAT8E5M2FNUZ, "f8e5m2fnuz",
     8},
    {ElementKind::F8E8M0, onnx::TensorProto::FLOAT8E8M0, "f8e8m0", 8},
};

static const Row &row(ElementKind kind) {
  return kinds[static_cast<int>(kind)];
}

std::optional<ElementKind> weightKindFromOnnx(int32_t dataType) {
  for (const Row &entry : kinds)
    if (entry.onnx == dataType)
      return entry.kind;
  return std::nullopt;
}

std::optional<ElementKind> elementKindFromOnnx(int32_t dataType) {
  auto kind = weightKindFromOnnx(dataType);
  return kind && isHalfByte(*kind) ? std::nullopt : kind;
}

int32_t elementKindToOnnx(ElementKind kind) { return row(kind).onnx; }

StringRef toString(ElementKind kind) { return row(kind).name; }

int64_t byteSize(ElementKind kind) { return row(kind).bits / 8; }

bool isFloat(ElementKind kind) { return kind <= ElementKind::F64; }

bool isFloat8(ElementKind kind) { return kind >= ElementKind::F8E4M3FN; }

bool isHalfByte(ElementKind kind) {
  return kind == ElementKind::I4 || kind == ElementKind::U4;
}

bool isUnsigned(ElementKind kind) { return kind >= ElementKind::U8; }

Type toMlirType(ElementKind kind, MLIRContext *context) {
  switch (kind) {
  case ElementKind::F16:
    return Float16Type::get(context);
  case ElementKind::BF16:
    return BFloat16Type::get(context);
  case ElementKind::F32:
    return Float32Type::get(context);
  case ElementKind::F64:
    return Float64Type::get(context);
  case ElementKind::Bool:
    return IntegerType::get(context, 1);
  default:
    return IntegerType::get(context, row(kind).bits);
  }
}

} // namespace convopt
