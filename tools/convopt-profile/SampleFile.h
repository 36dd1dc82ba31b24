#ifndef CONVOPT_TOOLS_PROFILE_SAMPLEFILE_H
#define CONVOPT_TOOLS_PROFILE_SAMPLEFILE_H

#include "NetworkQuestions.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

namespace convopt {

/// A CSV of samples that grows line by line: layer, choice, machine, seconds,
/// then every feature. Failures go to PATH.failed. A layout transformation has
/// no features: its row ends with the seconds (see SampleRows.h).
class SampleFile {
public:
  static llvm::Expected<SampleFile> open(llvm::StringRef path,
                                         const MachineDescription &machine);

  bool contains(const ConvLayer &layer, const Choice &choice) const;
  bool contains(const ImageTransformation &image) const;
  void add(const ImageTransformation &image, double seconds);
  void add(const ConvLayer &layer, const Choice &choice, double seconds);
  void addFailure(const ConvLayer &layer, const Choice &choice,
                  llvm::StringRef reason);

  /// Leaves of several rows for one layer, choice and machine the last.
  static llvm::Error dropReplaced(llvm::StringRef path);

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
