#ifndef CONVOPT_LIB_TRANSFORMS_SELECTION_IMAGEREADERS_H
#define CONVOPT_LIB_TRANSFORMS_SELECTION_IMAGEREADERS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace convopt {

/// The type that the convolution behind `use`, padded or not, rounds that image
/// to; null if it is none of single precision or its primitive does not round
/// it.
mlir::Type typeConvolved(mlir::OpOperand &use);

/// Whether `op` takes the largest of windows, or of whatever it reads.
bool isMaximum(mlir::linalg::LinalgOp op);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_SELECTION_IMAGEREADERS_H
