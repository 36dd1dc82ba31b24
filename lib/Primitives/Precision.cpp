// A precision is a part of a choice, as a register tile is: the same primitive
// with other element types. So nothing that is said of types elsewhere (the
// packed filter, the loops, the roofline) is said again for it: whoever asks a
// primitive about a choice asks about the layer with the choice's types.

#include "convopt/Primitives/Precision.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <cmath>

namespace convopt {

namespace {
struct Entry {
  Precision precision;
  llvm::StringLiteral name;
  ConvTypes types;
};
} // namespace

using T = ElementType;

static constexpr Precision reduced[] = {Precision::F16Weights,
                                        Precision::BF16Weights, Precision::BF16,
                                        Precision::F16, Precision::I8Weights};

static const Entry entries[] = {
    {Precision::Full, "f32", {T::F32, T::F32, T::F32, T::F32}},
    {Precision::F16Weights, "w16", {T::F32, T::F16, T::F32, T::F32}},
    {Precision::BF16Weights, "wb16", {T::F32, T::BF16, T::F32, T::F32}},
    {Precision::I8Weights, "w8", {T::F32, T::I8, T::F32, T::F32}},
    {Precision::BF16, "bf16", {T::BF16, T::BF16, T::F32, T::F32}},
    {Precision::F16, "f16", {T::F16, T::F16, T::F16, T::F32}},
};

static const Entry &entryOf(Precision precision) {
  for (const Entry &entry : entries)
    if (entry.precision == precision)
      return entry;
  llvm_unreachable("every precision has an entry");
}

llvm::ArrayRef<Precision> reducedPrecisions() { return reduced; }

llvm::StringRef toString(Precision precision) {
  return entryOf(precision).name;
}

std::optional<Precision> parsePrecision(llvm::StringRef text) {
  for (const Entry &entry : entries)
    if (entry.name == text)
      return entry.precision;
  return std::nullopt;
}

llvm::Expected<llvm::SmallVector<Precision>>
parsePrecisions(llvm::StringRef text) {
  llvm::SmallVector<llvm::StringRef> names;
  text.split(names, ',', -1, /*KeepEmpty=*/false);
  llvm::SmallVector<Precision> found;
  auto add = [&](Precision precision) {
    if (precision != Precision::Full && !llvm::is_contained(found, precision))
      found.push_back(precision);
  };
  for (llvm::StringRef name : names) {
    std::optional<Precision> precision = parsePrecision(name);
    if (precision)
      add(*precision);
    else if (name == "all")
      llvm::for_each(reducedPrecisions(), add);
    else
      return llvm::createStringError(
          "'" + name +
          "' is no precision; there are f32, w16, wb16, w8, bf16, f16 and all");
  }
  return found;
}

ConvTypes computedTypes(const ConvTypes &types, Precision precision) {
  return precision == Precision::Full ? types : entryOf(precision).types;
}

bool readsRounded(const ConvTypes &types, Precision precision) {
  ConvTypes rounded;
  rounded.input = computedTypes(rounded, precision).input;
  return rounded.input != ElementType::F32 && types == rounded;
}

/// Half precision has all its digits down to 2^-14, and below one step, 2^-24.
/// Where the largest weight is 2^-8, and the usual one a third of that, this
/// step adds less than a hundredth to what rounding to 11 digits makes, as
/// squares. Above there is room for filters that grow when transformed.
static float halfUnit(float largest) {
  if (!std::isfinite(largest) || largest == 0 ||
      (largest >= 0x1p-8f && largest <= 0x1p8f))
    return 1;
  return std::ldexp(1.0f, std::clamp(std::ilogb(largest) + 1, -126, 127));
}

float weightUnit(Precision precision, float largest) {
  switch (precision) {
  case Precision::I8Weights:
    return largest / 127;
  case Precision::F16Weights:
    return halfUnit(largest);
  default:
    return 1;
  }
}

bool supportsPrecision(const MachineDescription &machine, Precision precision) {
  switch (precision) {
  case Precision::Full:
  case Precision::F16Weights:
  case Precision::BF16Weights:
  case Precision::I8Weights:
    return true;
  case Precision::BF16:
    return machine.isX86() && machine.has("avx512bf16");
  case Precision::F16:
    return machine.has(machine.isX86() ? "avx512fp16" : "fullfp16");
  }
  llvm_unreachable("a precision");
}

} // namespace convopt
