#ifndef CONVOPT_LIB_TRANSFORMS_CALIBRATION_FILTERNOISE_H
#define CONVOPT_LIB_TRANSFORMS_CALIBRATION_FILTERNOISE_H

#include "convopt/IR/InferConvLayer.h"

namespace convopt {

/// Gives the result of `conv`, whose filter is a constant, an error that is
/// `size` (f32) times what the filter gives with a sign by chance on every
/// weight; `seed` (i32) decides about the sign of each output channel. Reads
/// the image as it is now.
void addFilterNoise(const ConvOp &conv, mlir::Value size, mlir::Value seed);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_CALIBRATION_FILTERNOISE_H
