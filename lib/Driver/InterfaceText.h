#ifndef CONVOPT_DRIVER_INTERFACETEXT_H
#define CONVOPT_DRIVER_INTERFACETEXT_H

#include "llvm/ADT/StringRef.h"

namespace convopt {

/// The files convopt-c/model.h and convopt-c/profile.h.
llvm::StringRef modelInterfaceText();
llvm::StringRef profileInterfaceText();

} // namespace convopt

#endif // CONVOPT_DRIVER_INTERFACETEXT_H
