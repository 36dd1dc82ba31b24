#ifndef CONVOPT_IMPORT_OPS_SELECT_H
#define CONVOPT_IMPORT_OPS_SELECT_H

#include "LoopCode.h"

namespace convopt {

/// Memory for one number: a true size.
mlir::Value emptySize(Node &node);

/// Zeros of the type of an output.
mlir::Value createZeros(Node &node, size_t output);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_SELECT_H
