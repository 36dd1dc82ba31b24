#ifndef CONVOPT_LIB_CODEGEN_EMULATEDCASTS_H
#define CONVOPT_LIB_CODEGEN_EMULATEDCASTS_H

#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Target/MachineDescription.h"

namespace convopt {

/// Has NaN stay NaN where `kernel` rounds f32 to bf16, or to f16 on a machine
/// for which Halide computes that with integers: its code makes infinity or
/// zero of some NaN. Expects no conversion of f64 to these types.
void keepNaNInCasts(KernelOp kernel, const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_EMULATEDCASTS_H
