#ifndef CONVOPT_IMPORT_OPS_RESAMPLE_H
#define CONVOPT_IMPORT_OPS_RESAMPLE_H

#include "../Node.h"
#include "Interpolation.h"

namespace convopt {

/// Resizes input 0 by `plan`, one entry an axis, and `rule` into output 0.
llvm::Error emitResize(Node &node, llvm::ArrayRef<ResizedAxis> plan,
                       const InterpolationRule &rule);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_RESAMPLE_H
