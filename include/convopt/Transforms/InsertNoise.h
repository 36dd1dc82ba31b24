#ifndef CONVOPT_TRANSFORMS_INSERTNOISE_H
#define CONVOPT_TRANSFORMS_INSERTNOISE_H

#include "convopt/IR/InferConvLayer.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <vector>

namespace convopt {

/// The convolutions of `func` that may be computed in fewer bits than the model
/// says: those of f32 for which a primitive can be chosen, in the order of the
/// function, those of branches and loops behind what holds them. That order is
/// the same in a copy of the function.
std::vector<ConvOp> convolutionsOfFloats(mlir::func::FuncOp func);

/// Multiplies the image of each of these convolutions by 1 plus noise of a size
/// that is given when the function runs: arguments are added to it, sizes
/// tensor<2Lxf32> and seeds tensor<2Lxi32> for L convolutions, 2l for noise
/// that differs from element to element of the image of convolution l, 2l + 1
/// for noise that differs from channel to channel. Returns L; a function with
/// no such convolution stays as it is.
int64_t insertNoise(mlir::func::FuncOp func);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_INSERTNOISE_H
