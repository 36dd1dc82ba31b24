#ifndef CONVOPT_PRIMITIVES_PRECISION_H
#define CONVOPT_PRIMITIVES_PRECISION_H

#include "convopt/IR/ConvTypes.h"
#include "convopt/Target/MachineDescription.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace convopt {

/// In which numbers a choice computes a convolution of single precision. The
/// tensors around it stay what they are.
enum class Precision {
  Full,        ///< as the model says
  F16Weights,  ///< its filter is stored in half precision
  BF16Weights, ///< its filter is stored as bfloat16
  I8Weights,   ///< as bytes, with a scale for each output channel
  BF16,        ///< products of bfloat16, in pairs; sums in single precision
  F16,         ///< products and short sums in half precision
};

/// All but Full, the most exact first.
llvm::ArrayRef<Precision> reducedPrecisions();

/// What choices and options call it: "f32" for Full, "w16", "wb16", "w8",
/// "bf16", "f16".
llvm::StringRef toString(Precision precision);
std::optional<Precision> parsePrecision(llvm::StringRef text);
/// Names with commas between them; "all" for all reduced ones. Full is always
/// there and not part of the result. An error says which name is none.
llvm::Expected<llvm::SmallVector<Precision>>
parsePrecisions(llvm::StringRef text);

/// The types that a convolution of `types` is computed in: `types` themselves
/// for Full. The others are of convolutions in single precision.
ConvTypes computedTypes(const ConvTypes &types, Precision precision);

/// Whether `types` are single precision but for an image that is stored in what
/// `precision` multiplies: the same convolution, which need not round it.
bool readsRounded(const ConvTypes &types, Precision precision);

/// Whether code for `machine` can be faster or smaller by it.
bool supportsPrecision(const MachineDescription &machine, Precision precision);

/// What 1 is worth among the weights that `precision` stores of an output
/// channel whose largest one is `largest`: the step of its bytes, a power of
/// two where numbers of this size lose digits in half precision or are beyond
/// it (of BF16 and F16, whose products have no scale, 1).
float weightUnit(Precision precision, float largest);

/// Whether the filter alone has fewer bits than the layer says.
inline bool narrowsWeightsAlone(const ConvTypes &computed) {
  return computed.input == ElementType::F32 &&
         computed.accumulator == ElementType::F32 &&
         computed.filter != ElementType::F32;
}

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_PRECISION_H
