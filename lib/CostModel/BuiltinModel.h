#ifndef CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H
#define CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H

#include "llvm/ADT/StringRef.h"

namespace convopt {

/// models/builtin.json; the build generates the definition.
llvm::StringRef builtinModelText();

} // namespace convopt

#endif // CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H
