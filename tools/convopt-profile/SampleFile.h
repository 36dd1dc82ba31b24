#ifndef CONVOPT_TOOLS_PROFILE_SAMPLEFILE_H
#define CONVOPT_TOOLS_PROFILE_SAMPLEFILE_H

#include "convopt/Primitives/Primitive.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

namespace convopt {

/// The name of a machine in a profile: CPU and vector width, since feature
/// edits make machines of their own.
std::string machineName(const MachineDescription &machine);

/// A CSV of samples that grows line by line: layer, choice, machine, seconds,
/// then every feature. Failures go to PATH.failed. What either file already
/// holds is not measured again.
class SampleFile {
public:
  static llvm::Expected<SampleFile> open(llvm::StringRef path,
                                         const MachineDescription &machine);

  bool contains(const ConvLayer &layer, const Choice &choice) const;
  void add(const ConvLayer &layer, const Choice &choice, double seconds);
  void addFailure(const ConvLayer &layer, const Choice &choice,
                  llvm::StringRef reason);

private:
  llvm::Error read(llvm::StringRef path, llvm::StringRef header);

  MachineDescription machine;
  llvm::StringSet<> known;
  std::unique_ptr<llvm::raw_fd_ostream> samples, failures;
};

/// Calls `each` with every sample of a profile whose choice still exists; what
/// its features were does not matter. Returns how many do not exist.
llvm::Expected<size_t> forEachSample(
    llvm::StringRef path, const MachineDescription &machine,
    llvm::function_ref<void(const ConvLayer &, const Choice &, double seconds)>
        each);

/// PATH.csv's companion PATH.json: the machine, the version of the features
/// and the day.
llvm::Error writeDescription(llvm::StringRef path,
                             const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_SAMPLEFILE_H
