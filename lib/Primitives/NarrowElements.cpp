// All weights of a network pass through here, so each is converted by a few
// instructions, on all cores: LLVM's arbitrary floats would take seconds.

#include "NarrowElements.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Parallel.h"
#include <algorithm>
#include <cmath>
#include <cstring>

namespace convopt {

static uint16_t toBfloat(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if (std::isnan(value)) // Rounding must not make an infinity of it.
    return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static int8_t toByte(float value) {
  return static_cast<int8_t>(
      std::nearbyint(std::clamp(value, -128.0f, 127.0f)));
}

float narrowed(float value, ElementType type) {
  switch (type) {
  case ElementType::F16:
    return static_cast<_Float16>(value);
  case ElementType::BF16: {
    const uint32_t bits = uint32_t(toBfloat(value)) << 16;
    std::memcpy(&value, &bits, sizeof bits);
    return value;
  }
  case ElementType::I8:
    return toByte(value);
  default:
    llvm_unreachable("no narrower type than single precision");
  }
}

template <typename To, typename Convert>
static std::vector<char> convert(llvm::ArrayRef<float> elements,
                                 Convert convertOne) {
  std::vector<char> result(elements.size() * sizeof(To));
  To *to = reinterpret_cast<To *>(result.data());
  constexpr size_t chunk = 1 << 16;
  llvm::parallelFor(0, (elements.size() + chunk - 1) / chunk, [&](size_t i) {
    const size_t end = std::min(elements.size(), (i + 1) * chunk);
    for (size_t at = i * chunk; at < end; ++at)
      to[at] = convertOne(elements[at]);
  });
  return result;
}

std::vector<char> narrowElements(llvm::ArrayRef<float> elements,
                                 ElementType type) {
  switch (type) {
  case ElementType::F16:
    return convert<_Float16>(
        elements, [](float value) { return static_cast<_Float16>(value); });
  case ElementType::BF16:
    return convert<uint16_t>(elements, toBfloat);
  case ElementType::I8:
    return convert<int8_t>(elements, toByte);
  default:
    llvm_unreachable("no narrower type than single precision");
  }
}

} // namespace convopt
