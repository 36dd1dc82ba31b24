#ifndef CONVOPT_TRANSFORMS_PACKFILTERS_H
#define CONVOPT_TRANSFORMS_PACKFILTERS_H

#include "convopt/Target/MachineDescription.h"
#include "mlir/IR/BuiltinOps.h"

namespace convopt {

/// Packs the filter of every convolution with a primitive as the primitive
/// wants to read it on `machine`: launches pass the packed elements, kernels
/// see them through a convopt.filter. Weights that are used alike are packed
/// once. The data of resources that nothing in `module` refers to any longer
/// is released, so no other module may share them. Fails, with a diagnostic,
/// if a filter is not a constant or the machine has no such choice.
mlir::LogicalResult packFilters(mlir::ModuleOp module,
                                const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_PACKFILTERS_H
