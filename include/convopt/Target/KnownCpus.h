#ifndef CONVOPT_TARGET_KNOWNCPUS_H
#define CONVOPT_TARGET_KNOWNCPUS_H

#include "convopt/Target/MachineDescription.h"

namespace convopt {

/// The names that TargetRequest::cpu may have for the target of `request`,
/// beside `native`, which is the CPU at hand. An error if the target is
/// unknown.
llvm::Expected<std::vector<llvm::StringRef>>
knownCpus(const TargetRequest &request);

} // namespace convopt

#endif // CONVOPT_TARGET_KNOWNCPUS_H
