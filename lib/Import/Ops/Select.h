#ifndef CONVOPT_IMPORT_OPS_SELECT_H
#define CONVOPT_IMPORT_OPS_SELECT_H

#include "LoopCode.h"

namespace convopt {

/// Memory for one number: a true size.
mlir::Value emptySize(Node &node);

/// Zeros of the type of an output.
mlir::Value createZeros(Node &node, size_t output);

/// The axis of a node that without one takes a tensor of `shape` as a vector,
/// whose shape that becomes.
llvm::Expected<int64_t> axisOrFlatten(const Node &node, Shape &shape);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_SELECT_H
