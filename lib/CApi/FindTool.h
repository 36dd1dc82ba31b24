#ifndef CONVOPT_LIB_CAPI_FINDTOOL_H
#define CONVOPT_LIB_CAPI_FINDTOOL_H

#include "llvm/Support/Error.h"
#include <string>

namespace convopt {

/// The convopt-compile that belongs to the library this code is in: in its own
/// folder, or in the folder of programs beside it.
llvm::Expected<std::string> findTool();

} // namespace convopt

#endif // CONVOPT_LIB_CAPI_FINDTOOL_H
