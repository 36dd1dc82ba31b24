#ifndef CONVOPT_IR_CONVTYPES_H
#define CONVOPT_IR_CONVTYPES_H

#include "convopt/IR/ConvLayer.h"
#include "llvm/ADT/StringRef.h"

namespace convopt {

/// What the elements of a convolution's tensors may be. MLIR's integers have no
/// sign; whether a byte is one with a sign, the operation says that reads it.
enum class ElementType { F64, F32, F16, BF16, I32, I8, U8 };

int64_t bytesOf(ElementType type);
/// As MLIR writes it, "f32"; "u8" of bytes without a sign.
llvm::StringRef toString(ElementType type);

/// The element types of a convolution: products of input and filter are summed
/// up as accumulators; what follows the sum gives the result: of bytes, whose
/// sums no network keeps, bytes of the same kind.
struct ConvTypes {
  ElementType input = ElementType::F32, filter = ElementType::F32,
              accumulator = ElementType::F32, result = ElementType::F32;
};
inline bool operator==(const ConvTypes &a, const ConvTypes &b) {
  return a.input == b.input && a.filter == b.filter &&
         a.accumulator == b.accumulator && a.result == b.result;
}

/// Of bytes, whose products are summed up exactly.
inline bool isQuantised(const ConvTypes &types) {
  auto isByte = [](ElementType type) {
    return type == ElementType::I8 || type == ElementType::U8;
  };
  return isByte(types.input) && isByte(types.filter) &&
         types.accumulator == ElementType::I32;
}

/// All that a convolution is, apart from its data and their layouts: its
/// geometry and its element types, single precision unless given.
struct ConvProblem : ConvLayer {
  ConvTypes types;
  ConvProblem() = default;
  ConvProblem(const ConvLayer &layer, ConvTypes types = {})
      : ConvLayer(layer), types(types) {}
};
inline bool operator==(const ConvProblem &a, const ConvProblem &b) {
  const ConvLayer &layer = a, &other = b;
  return layer == other && a.types == b.types;
}

} // namespace convopt

#endif // CONVOPT_IR_CONVTYPES_H
