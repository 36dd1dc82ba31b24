#ifndef CONVOPT_TOOLS_PROFILE_WANTED_H
#define CONVOPT_TOOLS_PROFILE_WANTED_H

#include "ForTransfer.h"
#include <optional>

struct CommandLine;

namespace convopt {

/// What a command line asks to measure.
struct Wanted {
  std::vector<Task> tasks;
  bool isOfNamedPrimitives; ///< new times replace those that there are
};

/// Reads the network, the layers or the samples that `line` names; errors are
/// those of its options or name the file.
llvm::Expected<Wanted> whatToMeasure(const CommandLine &line,
                                     const MachineDescription &machine);

/// What --for-transfer says, nothing without it.
llvm::Expected<std::optional<TransferOptions>>
transferOptions(const CommandLine &line);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_WANTED_H
