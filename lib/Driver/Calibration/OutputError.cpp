#include "OutputError.h"
#include "Arrays/Npy.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include <cmath>

using namespace llvm;

namespace convopt {

/// Null for what is no type of errors.
static const fltSemantics *semanticsOf(StringRef type) {
  if (type == "f16")
    return &APFloat::IEEEhalf();
  if (type == "bf16")
    return &APFloat::BFloat();
  if (type == "f32")
    return &APFloat::IEEEsingle();
  return type == "f64" ? &APFloat::IEEEdouble() : nullptr;
}

bool hasErrors(const TensorInfo &output) {
  return semanticsOf(output.type) && !output.isOpen;
}

static double numberAt(const char *bytes, StringRef type) {
  if (type == "f32")
    return llvm::bit_cast<float>(support::endian::read32le(bytes));
  if (type == "f64")
    return llvm::bit_cast<double>(support::endian::read64le(bytes));
  APFloat number(*semanticsOf(type),
                 APInt(16, support::endian::read16le(bytes)));
  bool inexact;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &inexact);
  return number.convertToDouble();
}

/// Squares of the numbers and of their differences, added up.
static std::pair<double, double> sumSquares(StringRef type, const Bytes &exact,
                                            const Bytes &changed) {
  double all = 0, differences = 0;
  const size_t step = elementBytes(type);
  for (size_t i = 0; i < exact.size(); i += step) {
    const double value = numberAt(exact.data() + i, type);
    const double difference = numberAt(changed.data() + i, type) - value;
    all += value * value;
    differences += difference * difference;
  }
  return {all, differences};
}

std::optional<double> outputError(ArrayRef<TensorInfo> outputs,
                                  ArrayRef<Bytes> exact,
                                  ArrayRef<Bytes> changed) {
  std::optional<double> largest;
  for (auto [info, before, after] : zip_equal(outputs, exact, changed)) {
    if (!hasErrors(info))
      continue;
    auto [all, differences] = sumSquares(info.type, before, after);
    if (!std::isfinite(all) || !std::isfinite(differences))
      return std::nullopt;
    if (all > 0)
      largest = std::max(largest.value_or(0), std::sqrt(differences / all));
  }
  return largest;
}

} // namespace convopt
