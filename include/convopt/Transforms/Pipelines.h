#ifndef CONVOPT_TRANSFORMS_PIPELINES_H
#define CONVOPT_TRANSFORMS_PIPELINES_H

#include "convopt/Target/MachineDescription.h"
#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/Quantisation.h"
#include "mlir/Pass/PassManager.h"

// The way of a model on a module, in this order; convopt-compile runs the same.
// lib/Transforms/Pipelines.cpp gives a reason for the place of each step.
namespace convopt {

/// convopt-normalise: everything between import (or another frontend) and the
/// choice of primitives, which the pass convopt-select-primitives makes.
/// `activations` is what foldQuantisation is given.
void buildNormalisePipeline(mlir::OpPassManager &pm,
                            Activations activations = Activations::AsIs);

/// convopt-kernels: layouts as the primitives want them, kernels and their
/// launches, filters packed for the machine.
void buildKernelsPipeline(mlir::OpPassManager &pm,
                          const TargetRequest &request);

/// Where the tensors of a module's functions are in memory.
struct Placement {
  ConstantPool weights;
  std::vector<MemoryPlan> memory; ///< of each function, in their order
};

/// convopt-place: every tensor becomes a place in the caller's memory, in the
/// weights or in the workspace, the functions' last two arguments. All
/// functions of a module have the same weights. `placement` may be null.
void buildPlacementPipeline(mlir::OpPassManager &pm,
                            Placement *placement = nullptr);

/// convopt-lower: what that leaves becomes the LLVM dialect, a function of bare
/// pointers: inputs, outputs, weights, workspace, the runtime's context; its
/// result is an i32, 0 for success. With `observe` it calls convopt_observe
/// around each launch.
void buildLoweringPipeline(mlir::OpPassManager &pm, bool observe = false);

/// Makes them known to tools by these names.
void registerConvoptPipelines();

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_PIPELINES_H
