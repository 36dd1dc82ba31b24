#ifndef CONVOPT_IR_NEARESTNAME_H
#define CONVOPT_IR_NEARESTNAME_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace convopt {

/// The one of `names` that `text` was probably meant to be: the fewest edits of
/// letters away (Levenshtein's distance), of several the first; empty if that
/// is more than a third of the letters of `text`, or if `text` is empty.
llvm::StringRef nearestName(llvm::StringRef text,
                            llvm::ArrayRef<llvm::StringRef> names);

/// "; did you mean 'x'?" for an error message; empty without such a name.
std::string didYouMean(llvm::StringRef text,
                       llvm::ArrayRef<llvm::StringRef> names);

} // namespace convopt

#endif // CONVOPT_IR_NEARESTNAME_H
