#ifndef CONVOPT_TOOLS_RUN_WRITEFILE_H
#define CONVOPT_TOOLS_RUN_WRITEFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace convopt {

/// Has `write` fill the file; an error if it cannot be opened or written.
inline llvm::Error
writeFile(const std::string &path,
          llvm::function_ref<void(llvm::raw_ostream &)> write) {
  std::error_code code;
  llvm::raw_fd_ostream os(path, code);
  if (!code) {
    write(os);
    os.close();
    code = os.error();
    os.clear_error();
  }
  if (code)
    return llvm::createStringError("cannot write '%s': %s", path.c_str(),
                                   code.message().c_str());
  return llvm::Error::success();
}

} // namespace convopt

#endif // CONVOPT_TOOLS_RUN_WRITEFILE_H
