#ifndef CONVOPT_LIB_DRIVER_CALIBRATE_H
#define CONVOPT_LIB_DRIVER_CALIBRATE_H

#include "Calibration/Calibration.h"
#include "Stages.h"

namespace convopt {

/// Runs the normalised `module` with errors in its convolutions, and gives each
/// that may be computed in fewer bits what came of it as its
/// convopt.error_gain. Null where none may, within `options`, or where this is
/// not wanted or the model cannot be run, which a note says; all gains are 1
/// then. An error if the user's samples cannot be read or do not fit.
llvm::Expected<std::unique_ptr<Calibration>>
calibrate(Session &session, mlir::ModuleOp module,
          const CompileOptions &options);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_CALIBRATE_H
