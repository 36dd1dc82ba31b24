#ifndef CONVOPT_DRIVER_LINK_H
#define CONVOPT_DRIVER_LINK_H

#include "convopt/Target/MachineDescription.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <vector>

namespace convopt {

/// Merges relocatable objects into one in which `symbols` alone are visible. An
/// error if the result needs anything but libc, libm, libpthread and the
/// functions `provided`. Resets the options of LLVM's command line.
llvm::Expected<std::vector<char>>
mergeObjects(llvm::ArrayRef<llvm::ArrayRef<char>> objects,
             llvm::ArrayRef<std::string> symbols,
             llvm::ArrayRef<llvm::StringRef> provided = {});

/// Writes `object` to `os` with `section`, which must exist, replaced by
/// `bytes` bytes that `write` gives; offset 0 of the section stays where
/// relocations expect it. The contents pass through no other memory, so they
/// may be larger than what a linker would copy.
llvm::Error
writeWithSection(llvm::raw_ostream &os, llvm::ArrayRef<char> object,
                 llvm::StringRef section, int64_t bytes,
                 llvm::function_ref<void(llvm::raw_ostream &)> write);

/// Links the object at `input` to a shared library at `output`.
llvm::Error linkShared(llvm::StringRef input, llvm::StringRef output,
                       const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_DRIVER_LINK_H
