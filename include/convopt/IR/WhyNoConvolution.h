#ifndef CONVOPT_IR_WHYNOCONVOLUTION_H
#define CONVOPT_IR_WHYNOCONVOLUTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <string>

namespace convopt {

/// What keeps matchConvolution from taking `op`, which weighs the windows of
/// one tensor with another one, for a convolution: a predicate like "has no
/// channels". Empty if it is taken, or if nobody would call it a convolution
/// (a pooling, a product, an element-wise operation).
std::string whyNoConvolution(mlir::linalg::LinalgOp op);

} // namespace convopt

#endif // CONVOPT_IR_WHYNOCONVOLUTION_H
