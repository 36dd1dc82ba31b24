#ifndef CONVOPT_PRIMITIVES_PRIMITIVENAMES_H
#define CONVOPT_PRIMITIVES_PRIMITIVENAMES_H

#include "llvm/ADT/StringRef.h"
#include <vector>

namespace convopt {

/// What the primitives of the catalogue are called, in its order.
std::vector<llvm::StringRef> primitiveNames();

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_PRIMITIVENAMES_H
