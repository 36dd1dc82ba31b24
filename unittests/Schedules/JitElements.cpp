// Elements of the types that images, filters and results have, one by one, and
// the names of these types.

#include "JitElements.h"
#include <cstring>

using namespace Halide;

namespace convopt {

Type typeNamed(const std::string &name) {
  if (name == "bool")
    return Bool();
  if (name == "bf16")
    return BFloat(16);
  const int bits = std::stoi(name.substr(1));
  return name[0] == 'f' ? Float(bits) : name[0] == 'i' ? Int(bits) : UInt(bits);
}

Type typeOf(ElementType type) { return typeNamed(toString(type).str()); }

Type storedType(const Type &type) { return type == UInt(8) ? Int(8) : type; }

template <typename T> static float readAs(const void *element) {
  T value;
  std::memcpy(&value, element, sizeof value);
  return static_cast<float>(value);
}

float readElement(const void *element, const Type &type) {
  if (type == Float(16))
    return readAs<float16_t>(element);
  if (type == BFloat(16))
    return readAs<bfloat16_t>(element);
  if (type.is_float())
    return type.bits() == 64 ? readAs<double>(element) : readAs<float>(element);
  switch (type.is_uint() ? 1 : type.bits()) {
  case 1: // u8 and truth values
    return readAs<uint8_t>(element);
  case 8:
    return readAs<int8_t>(element);
  case 32:
    return readAs<int32_t>(element);
  default:
    return readAs<int64_t>(element);
  }
}

void writeElement(char *to, const Type &type, float value) {
  if (type == Float(32)) {
    std::memcpy(to, &value, sizeof value);
  } else if (type.is_float()) {
    const uint16_t bits = type.is_bfloat() ? bfloat16_t(value).to_bits()
                                           : float16_t(value).to_bits();
    std::memcpy(to, &bits, sizeof bits);
  } else {
    *to = static_cast<char>(static_cast<int>(value));
  }
}

} // namespace convopt
