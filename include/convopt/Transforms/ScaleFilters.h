#ifndef CONVOPT_TRANSFORMS_SCALEFILTERS_H
#define CONVOPT_TRANSFORMS_SCALEFILTERS_H

#include "convopt/Target/MachineDescription.h"
#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// Where the image that a 1x1 convolution reads is another one times a factor
/// for each channel, as behind squeeze-and-excite, lets each run multiply the
/// packed filter instead: the image is neither read nor written for it. Done
/// where that moves fewer bytes in less time on `machine`, that is, for small
/// filters of large images. Expects packed filters.
void scaleFilters(mlir::ModuleOp module, const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_SCALEFILTERS_H
