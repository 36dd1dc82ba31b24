#ifndef CONVOPT_DRIVER_EXPLAIN_H
#define CONVOPT_DRIVER_EXPLAIN_H

#include "Stages.h"
#include "convopt/Report/Explanation.h"

namespace convopt {

/// Writes what --explain=json and --report ask for, and the model by
/// `writeModel`; on any error none of them is left. `profile` is null or what
/// --report-profile names; an error if it is not of this program.
llvm::Error writeWithReports(const CompileOptions &options,
                             Environment &environment,
                             const Explanation &explanation,
                             const llvm::json::Value *profile,
                             llvm::function_ref<llvm::Error()> writeModel);

} // namespace convopt

#endif // CONVOPT_DRIVER_EXPLAIN_H
