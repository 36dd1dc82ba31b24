#ifndef CONVOPT_DRIVER_PIPELINE_H
#define CONVOPT_DRIVER_PIPELINE_H

#include "convopt/Driver/Compile.h"
#include "mlir/Pass/PassManager.h"

namespace convopt {

/// From what the importer makes to convolutions annotated with primitives.
void buildSelectionPipeline(mlir::OpPassManager &pm,
                            const CompileOptions &options);

/// From annotated convolutions to kernels and their launches.
void buildKernelPipeline(mlir::OpPassManager &pm,
                         const CompileOptions &options);

} // namespace convopt

#endif // CONVOPT_DRIVER_PIPELINE_H
