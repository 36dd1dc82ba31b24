#ifndef CONVOPT_TOOLS_PROFILE_FEATURETABLE_H
#define CONVOPT_TOOLS_PROFILE_FEATURETABLE_H

#include "llvm/Support/Error.h"

namespace convopt {

/// Writes to `output` ("-" is the standard output) the samples in the CSV
/// `path`, each with the features that the cost model sees, computed for the
/// machine that `path`'s companion describes. What of a variant is no feature
/// follows in columns of its own. Layout transformations and choices that there
/// are no longer have no row.
llvm::Error writeFeatureTable(llvm::StringRef path, llvm::StringRef output);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_FEATURETABLE_H
