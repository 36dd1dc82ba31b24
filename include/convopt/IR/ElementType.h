#ifndef CONVOPT_IR_ELEMENTTYPE_H
#define CONVOPT_IR_ELEMENTTYPE_H

#include <cstdint>

namespace convopt {

/// The type of a tensor's elements.
enum class ElementType { F32 };

/// In bytes.
inline int64_t sizeOf(ElementType) { return 4; }

} // namespace convopt

#endif // CONVOPT_IR_ELEMENTTYPE_H
