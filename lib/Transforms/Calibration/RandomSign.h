#ifndef CONVOPT_LIB_TRANSFORMS_CALIBRATION_RANDOMSIGN_H
#define CONVOPT_LIB_TRANSFORMS_CALIBRATION_RANDOMSIGN_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace convopt {

/// Code for 1 or -1 in f32, by chance, in the body of an operation of linalg:
/// the same for the same `seed` (i32) and the same positions in the loops
/// `dims`.
mlir::Value randomSign(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value seed, llvm::ArrayRef<int64_t> dims);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_CALIBRATION_RANDOMSIGN_H
