#ifndef CONVOPT_TOOLS_PROFILE_RUNNERTEXT_H
#define CONVOPT_TOOLS_PROFILE_RUNNERTEXT_H

#include "convopt/Target/MachineDescription.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace convopt {

/// runner/table.h with all that it includes, which a batch's table needs.
llvm::StringRef batchTableText();

/// The relocatable object of runner/ for the architecture of `machine`; empty
/// for one without.
llvm::ArrayRef<char> runnerObject(const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_RUNNERTEXT_H
