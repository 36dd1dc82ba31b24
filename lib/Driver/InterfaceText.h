#ifndef CONVOPT_DRIVER_INTERFACETEXT_H
#define CONVOPT_DRIVER_INTERFACETEXT_H

#include "llvm/ADT/StringRef.h"

namespace convopt {

/// The files convopt-c/model.h, convopt-c/profile.h and convopt-c/sizes.h.
llvm::StringRef modelInterfaceText();
llvm::StringRef profileInterfaceText();
llvm::StringRef sizesInterfaceText();

} // namespace convopt

#endif // CONVOPT_DRIVER_INTERFACETEXT_H
