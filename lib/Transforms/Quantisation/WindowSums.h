#ifndef CONVOPT_LIB_TRANSFORMS_WINDOWSUMS_H
#define CONVOPT_LIB_TRANSFORMS_WINDOWSUMS_H

#include "QuantisedProduct.h"

namespace convopt {

/// For each element of a product's result the sum of (source - zero point) over
/// what it reads, which is the same for all channels of the result.
struct WindowSums {
  mlir::Value value;   ///< of i32
  mlir::AffineMap map; ///< its place, from that of the result
};

/// Nothing if the source is not read along all that is summed up, or no two
/// elements of the result have the same sum.
std::optional<WindowSums> createWindowSums(mlir::OpBuilder &builder,
                                           const QuantisedProduct &product);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_WINDOWSUMS_H
