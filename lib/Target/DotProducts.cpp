// Products of bytes are worth four of floats, if they are summed up in the
// lanes that they meet in. x86's vpdpbusd (AVX-512 VNNI, AVX-VNNI) multiplies
// four bytes without a sign by four with one; aarch64's sdot and udot (FEAT_
// DotProd) four of one kind. Elsewhere pairs are widened: vpmaddwd, smull and
// sadalp. AVX-512's vdpbf16ps multiplies pairs of bfloat16. Input channels lie
// next to each other, so that what meets in one lane are channels of a pixel,
// and weights are packed in the same small groups.

#include "convopt/Target/DotProducts.h"
#include "llvm/ADT/StringRef.h"

namespace convopt {

/// As lib/Target tells Halide, which has VNNI with 512-bit registers only for
/// these cores.
static bool hasVnni(const MachineDescription &machine) {
  return machine.has("avxvnni") ||
         (machine.has("avx512vnni") && machine.has("avx512bf16"));
}

static bool isOfBfloat(const ConvTypes &types) {
  return types.input == ElementType::BF16 &&
         types.filter == ElementType::BF16 &&
         types.accumulator == ElementType::F32;
}

int64_t dotLength(const ConvTypes &types, const MachineDescription &machine) {
  if (isOfBfloat(types) && machine.isX86() && machine.has("avx512bf16"))
    return 2;
  if (!isQuantised(types))
    return 1;
  const bool isMixed =
      types.input == ElementType::U8 && types.filter == ElementType::I8;
  if (machine.isX86() ? isMixed && hasVnni(machine)
                      : types.input == types.filter && machine.has("dotprod"))
    return 4;
  return 2;
}

bool multipliesTiles(const ConvTypes &types,
                     const MachineDescription &machine) {
  if (isOfBfloat(types))
    return machine.has("amx-bf16");
  return isQuantised(types) && machine.has("amx-int8");
}

static double peakOf(const MachineDescription &machine, ElementType accumulator,
                     int64_t products) {
  const int64_t lanes = machine.fmaBitsPerCycle / (8 * bytesOf(accumulator));
  return double(lanes * products) * 2 * machine.gigahertz * 1e9;
}

/// AMD's cores begin as many vdpbf16ps as multiply-adds, Intel's a quarter.
static double bfloatPeak(const MachineDescription &machine) {
  const double floats = peakOf(machine, ElementType::F32, 1);
  return llvm::StringRef(machine.cpu).starts_with("znver") ? 2 * floats
                                                           : floats / 2;
}

double MachineDescription::peak(const ConvTypes &types) const {
  if (isOfBfloat(types) && dotLength(types, *this) == 2)
    return bfloatPeak(*this);
  // Pairs are widened, multiplied and added by two instructions.
  return peakOf(*this, types.accumulator, dotLength(types, *this) == 4 ? 4 : 1);
}

double MachineDescription::peak(const ConvProblem &layer) const {
  return layer.inChannels > 1 ? peak(layer.types)
                              : peakOf(*this, layer.types.accumulator, 1);
}

} // namespace convopt
