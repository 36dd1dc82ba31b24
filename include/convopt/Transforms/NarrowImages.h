#ifndef CONVOPT_TRANSFORMS_NARROWIMAGES_H
#define CONVOPT_TRANSFORMS_NARROWIMAGES_H

#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// Has images that only convolutions in bf16, or only in f16, read written as
/// such numbers, where an operation of linalg computes them in single
/// precision: rounded once by who writes them, not by each who reads them. So
/// are images that are such numbers already, extended (roundImages), where
/// element-wise operations read them, too.
/// Results stay what they are, to the last bit. Expects chosen primitives and
/// layouts that are assigned.
void narrowImages(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_NARROWIMAGES_H
