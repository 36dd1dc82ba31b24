#ifndef CONVOPT_TRANSFORMS_PIPELINES_H
#define CONVOPT_TRANSFORMS_PIPELINES_H

#include "mlir/Pass/PassManager.h"

namespace convopt {

/// Everything between import (or another frontend) and the choice of
/// primitives, on a module. The result is what lib/Transforms/Pipelines.cpp
/// says of each step.
void buildNormalisePipeline(mlir::OpPassManager &pm);

/// Makes it known to tools as convopt-normalise.
void registerConvoptPipelines();

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_PIPELINES_H
