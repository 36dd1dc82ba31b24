#ifndef CONVOPT_TOOLS_PROFILE_MACHINEFILE_H
#define CONVOPT_TOOLS_PROFILE_MACHINEFILE_H

#include "Batch.h"
#include "RunBatch.h"
#include "convopt/Target/MachineDescription.h"

namespace convopt {

/// The companion of PATH.csv: PATH.json.
std::string machineFileOf(llvm::StringRef samples);

/// Writes there what the compiler knows of the machine, what the machine says
/// of itself, the reference's seconds, the day, and the versions of the
/// compiler and the features.
llvm::Error writeMachine(llvm::StringRef path,
                         const MachineDescription &machine,
                         const BatchReport &report);

/// An error if the profile `samples` has times with weights from elsewhere:
/// one model cannot tell them apart. Files that do not say are of L3.
llvm::Error checkWeights(llvm::StringRef samples, WeightSource weights);

/// Reads the machine back, as it was described: the same features for samples
/// wherever they are computed. Errors name the file.
llvm::Expected<MachineDescription> readMachine(llvm::StringRef path);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_MACHINEFILE_H
