#ifndef CONVOPT_DRIVER_OUTPUTFILE_H
#define CONVOPT_DRIVER_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace convopt {

/// Writes a file beside `path` and gives it that name when it is whole; on any
/// error nothing is left and what stood there stays. "-" is the standard
/// output; a device or a pipe is written to, not replaced.
llvm::Error
writeOutput(llvm::StringRef path,
            llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &)> write);

llvm::Error writeOutput(llvm::StringRef path, llvm::StringRef contents);

/// "cannot write 'path': why"
llvm::Error cannotWrite(llvm::StringRef path, const std::error_code &why);

/// A device, a pipe, a folder: not to be replaced by a file.
bool isSpecialFile(llvm::StringRef path);

} // namespace convopt

#endif // CONVOPT_DRIVER_OUTPUTFILE_H
