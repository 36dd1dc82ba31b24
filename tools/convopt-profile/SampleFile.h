#ifndef CONVOPT_TOOLS_PROFILE_SAMPLEFILE_H
#define CONVOPT_TOOLS_PROFILE_SAMPLEFILE_H

#include "Task.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

namespace convopt {

/// The CSV of SampleRows.h while it grows by a row a pass, so that a run that
/// was stopped can go on. Failures go to PATH.failed.
class SampleFile {
public:
  /// Appends to the file; an error if it has other columns. `machine` is as
  /// machineName has it.
  static llvm::Expected<SampleFile>
  open(llvm::StringRef path, llvm::StringRef machine, int64_t threads);

  /// Seconds of the passes that the file had of the machine and the threads
  /// when it was opened.
  std::vector<double> passesOf(llvm::StringRef key) const;
  bool hasFailed(llvm::StringRef key) const { return failed.contains(key); }

  void addPass(const Task &task, double seconds);
  void addFailure(const Task &task, llvm::StringRef reason);
  /// An error if what was added could not be written, as on a full disk.
  llvm::Error written();

private:
  std::string path, machine;
  int64_t threads;
  llvm::StringMap<std::vector<double>> passes;
  llvm::StringSet<> failed;
  std::unique_ptr<llvm::raw_fd_ostream> samples, failures;
};

/// Leaves one row a sample, with all its passes. The new file is in its place
/// at once or not at all.
llvm::Error joinPasses(llvm::StringRef path);

/// Removes the file of samples and that of failures where they have no rows.
void removeIfEmpty(llvm::StringRef path);

/// Puts the samples of `newPath`, which goes, in the place of those that `path`
/// has of the same; `path` need not exist.
llvm::Error replaceSamples(llvm::StringRef path, llvm::StringRef newPath);

/// Calls `each` with every sample of a profile whose choice still exists, and
/// prints a note of how many do not. Layout transformations do not count.
llvm::Error forEachLayerSample(
    llvm::StringRef path, const MachineDescription &machine,
    llvm::function_ref<void(const LayerChoice &, const Sample &)> each);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_SAMPLEFILE_H
