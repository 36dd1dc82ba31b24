#ifndef CONVOPT_RUNTIME_RUNTIME_H
#define CONVOPT_RUNTIME_RUNTIME_H

#include "convopt/Runtime/Plan.h"
#include "convopt/Target/MachineDescription.h"
#include "llvm/ADT/ArrayRef.h"

namespace convopt {

/// The relocatable object of the C runtime for the architecture of `machine`:
/// defines convopt_init, convopt_run, convopt_fini, convopt_output_dims,
/// convopt_watch, convopt_observe, halide_malloc, halide_free and
/// halide_do_par_for, and needs convopt_plan. An error for an architecture
/// without runtime.
llvm::Expected<llvm::ArrayRef<unsigned char>>
runtimeObject(const MachineDescription &machine);

/// What init must check so that code for `machine` (its CPU and features as
/// LLVM knows them) can run; of its tile registers, which an operating system
/// may withhold, only where the code `usesTiles`. Sorted, one entry a word.
llvm::Expected<std::vector<convopt_requirement>>
cpuRequirements(const MachineDescription &machine, bool usesTiles);

} // namespace convopt

#endif // CONVOPT_RUNTIME_RUNTIME_H
