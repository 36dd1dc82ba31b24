#ifndef CONVOPT_LIB_TRANSFORMS_INTERLEAVEPARTS_H
#define CONVOPT_LIB_TRANSFORMS_INTERLEAVEPARTS_H

#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// Replaces a concatenation whose channels are then shuffled (expanded to parts
/// by channels, transposed, collapsed), and perhaps sliced, by launches that
/// interleave the parts: one for each slice, which reads what it needs of each
/// part. Nothing is stored in between.
void interleaveParts(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_INTERLEAVEPARTS_H
