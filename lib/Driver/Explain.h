#ifndef CONVOPT_DRIVER_EXPLAIN_H
#define CONVOPT_DRIVER_EXPLAIN_H

#include "Stages.h"
#include "convopt/Report/RunProfile.h"

namespace convopt {

/// What --report-profile names.
llvm::Expected<std::vector<RunProfile>>
readProfiles(const CompileOptions &options);

/// Writes what --explain=json and --report ask for, and the model by
/// `writeModel`; on any error none of them is left. An error, too, if
/// `profiles` are not of this program.
llvm::Error writeWithReports(const CompileOptions &options,
                             Environment &environment,
                             const Explanation &explanation,
                             llvm::ArrayRef<RunProfile> profiles,
                             llvm::function_ref<llvm::Error()> writeModel);

} // namespace convopt

#endif // CONVOPT_DRIVER_EXPLAIN_H
