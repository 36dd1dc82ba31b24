#ifndef CONVOPT_LIB_DRIVER_CALIBRATION_OUTPUTERROR_H
#define CONVOPT_LIB_DRIVER_CALIBRATION_OUTPUTERROR_H

#include "Arrays/Bytes.h"
#include "convopt/Codegen/ModelInterface.h"
#include <optional>

namespace convopt {

/// Whether a difference in `output` has a size: it is of floating-point numbers
/// whose places do not depend on data.
bool hasErrors(const TensorInfo &output);

/// The relative L2 error of `changed` against `exact`, of several outputs that
/// have errors the largest; nothing if there are none, if all of them are zero
/// or some number is not finite.
std::optional<double> outputError(llvm::ArrayRef<TensorInfo> outputs,
                                  llvm::ArrayRef<Bytes> exact,
                                  llvm::ArrayRef<Bytes> changed);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_CALIBRATION_OUTPUTERROR_H
