#ifndef CONVOPT_TOOLS_PROFILE_DISAGREEMENT_H
#define CONVOPT_TOOLS_PROFILE_DISAGREEMENT_H

#include "Spread.h"

namespace convopt {

/// For each row how far apart corrections of a cost model are there that the
/// rows `known` allow: a standard deviation. `residuals` are, for each of
/// these, the logarithm of the measured over the predicted time. Twelve rows
/// are needed; with fewer it is 1 everywhere.
std::vector<double> disagreement(const Candidates &rows,
                                 llvm::ArrayRef<size_t> known,
                                 llvm::ArrayRef<double> residuals);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_DISAGREEMENT_H
