#ifndef CONVOPT_IMPORT_ELEMENTKIND_H
#define CONVOPT_IMPORT_ELEMENTKIND_H

#include "mlir/IR/BuiltinTypes.h"
#include <optional>

namespace convopt {

/// What a tensor holds, as ONNX tells it. MLIR's integers carry no sign, so
/// the operator importers decide by this, not by the MLIR type.
enum class ElementKind {
  F16,
  BF16,
  F32,
  F64,
  I8,
  I16,
  I32,
  I64,
  I4,
  U8,
  U16,
  U32,
  U64,
  U4,
  Bool,
  F8E4M3FN,
  F8E4M3FNUZ,
  F8E5M2,
  F8E5M2FNUZ,
  F8E8M0
};

/// From onnx::TensorProto::DataType; nothing for strings, complex numbers and
/// the types narrower than a byte.
std::optional<ElementKind> elementKindFromOnnx(int32_t dataType);
/// That of weights: I4 and U4 too, which constants alone have and
/// DequantizeLinear alone reads.
std::optional<ElementKind> weightKindFromOnnx(int32_t dataType);
int32_t elementKindToOnnx(ElementKind kind);

/// As the interface of the object names it: f32, u8, bool, ...
llvm::StringRef toString(ElementKind kind);

/// In memory; a bool takes one byte, and so does what has four bits.
int64_t byteSize(ElementKind kind);

/// The signless MLIR type; i1 for bool, i8 for an 8-bit float, which only casts
/// look into, and for four bits, which are extended to it.
mlir::Type toMlirType(ElementKind kind, mlir::MLIRContext *context);

/// Of those that are computed with: not the 8-bit ones.
bool isFloat(ElementKind kind);
bool isFloat8(ElementKind kind);
/// I4 and U4.
bool isHalfByte(ElementKind kind);
/// Unsigned integers and bool.
bool isUnsigned(ElementKind kind);

} // namespace convopt

#endif // CONVOPT_IMPORT_ELEMENTKIND_H
