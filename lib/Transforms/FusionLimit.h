#ifndef CONVOPT_TRANSFORMS_FUSIONLIMIT_H
#define CONVOPT_TRANSFORMS_FUSIONLIMIT_H

#include "mlir/IR/Operation.h"

namespace convopt {

/// How many scalar operations are computed together, in one operation or one
/// kernel, at most: compile time grows faster than their number, while what
/// the memory between two kernels costs is little beside so many. Networks
/// have up to 30 in a row.
constexpr unsigned maxFusedOperations = 64;

/// The operations that compute one element of what `op`, of linalg, computes.
/// At least one, for an operation that only copies too.
unsigned countScalarOperations(mlir::Operation *op);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_FUSIONLIMIT_H
