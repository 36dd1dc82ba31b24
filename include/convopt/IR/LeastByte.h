#ifndef CONVOPT_IR_LEASTBYTE_H
#define CONVOPT_IR_LEASTBYTE_H

#include "llvm/ADT/StringRef.h"

namespace convopt {

/// The unit attribute of a convolution of bytes none of whose weights is -128.
/// Two products by such weights are a number of 16 bits. Selection says so,
/// which sees the weights; kernels have them as an argument.
inline constexpr llvm::StringLiteral noLeastByteAttr("convopt.no_least_byte");

} // namespace convopt

#endif // CONVOPT_IR_LEASTBYTE_H
