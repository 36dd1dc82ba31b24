#include "convopt/IR/KernelBody.h"

namespace convopt {

bool mayStandInKernel(mlir::Operation *) { return false; }

} // namespace convopt
