#ifndef CONVOPT_TRANSFORMS_STOREBYTES_H
#define CONVOPT_TRANSFORMS_STOREBYTES_H

#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// Has what an element-wise operation reads of several convolutions, products
/// or pools stored as the bytes that it rounds each element to, except for the
/// one in whose kernel it is. Results stay what they are, to the last bit.
/// Expects layouts that are assigned.
void storeBytes(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_STOREBYTES_H
