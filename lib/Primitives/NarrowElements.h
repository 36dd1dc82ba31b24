#ifndef CONVOPT_LIB_PRIMITIVES_NARROWELEMENTS_H
#define CONVOPT_LIB_PRIMITIVES_NARROWELEMENTS_H

#include "convopt/IR/ConvTypes.h"
#include "llvm/ADT/ArrayRef.h"
#include <vector>

namespace convopt {

/// One number of single precision as the nearest that `type` (f16, bf16 or i8)
/// has.
float narrowed(float value, ElementType type);

/// Single precision as elements of `type` (f16, bf16 or i8), each rounded to
/// the nearest, of two the even; what is too large becomes an infinity or the
/// largest byte.
std::vector<char> narrowElements(llvm::ArrayRef<float> elements,
                                 ElementType type);

} // namespace convopt

#endif // CONVOPT_LIB_PRIMITIVES_NARROWELEMENTS_H
