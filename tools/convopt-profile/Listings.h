#ifndef CONVOPT_TOOLS_PROFILE_LISTINGS_H
#define CONVOPT_TOOLS_PROFILE_LISTINGS_H

#include "Task.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// Writes into `folder` the code of each task's kernel, as it would be
/// measured, for others to read: KERNEL.s and KERNEL.ll, of one compilation,
/// so that blocks of the assembly name blocks of the IR. index.csv says which
/// kernel is which sample's, machine.json for what machine they are. What
/// cannot be compiled is left out, with a note.
llvm::Error writeListings(llvm::ArrayRef<Task> tasks,
                          const MachineDescription &machine,
                          const std::string &folder);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_LISTINGS_H
