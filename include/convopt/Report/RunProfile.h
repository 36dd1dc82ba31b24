#ifndef CONVOPT_REPORT_RUNPROFILE_H
#define CONVOPT_REPORT_RUNPROFILE_H

#include "convopt/Report/Explanation.h"

namespace convopt {

/// A file that `convopt-run --profile=FILE` has written, and what it holds.
struct RunProfile {
  std::string path;
  llvm::json::Value value;
};

/// Reads one. Errors name the file.
llvm::Expected<RunProfile> readRunProfile(llvm::StringRef path);

/// What `profiles` hold, by the sizes that they are of, which must have
/// programs. An error for one that is of no size or of other kernels than that
/// has, and for two of one size.
llvm::Expected<SizeProfiles>
profilesOfSizes(llvm::ArrayRef<RunProfile> profiles,
                llvm::ArrayRef<SizeExplanation> sizes);

} // namespace convopt

#endif // CONVOPT_REPORT_RUNPROFILE_H
