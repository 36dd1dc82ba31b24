#ifndef CONVOPT_LIB_CODEGEN_LOWERINGPASSES_H
#define CONVOPT_LIB_CODEGEN_LOWERINGPASSES_H

#include "Halide.h"
#include "convopt/Target/MachineDescription.h"

namespace convopt {

/// What is changed on a pipeline's lowered code so that `machine` gets the
/// instructions that it has for it. `toBfloat`: all that is rounded to bf16 may
/// be by the machine's instruction for that (roundsOperandsToBfloat).
void addLoweringPasses(Halide::Pipeline &pipeline,
                       const MachineDescription &machine, bool toBfloat);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_LOWERINGPASSES_H
