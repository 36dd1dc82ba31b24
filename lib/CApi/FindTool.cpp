#include "FindTool.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <dlfcn.h>

using namespace llvm;

namespace convopt {

Expected<std::string> findTool() {
  // Any address in the library; in a program that has this linked in, its own.
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&findTool), &info) || !info.dli_fname)
    return createStringError("cannot tell where convopt's library is");
  SmallString<256> library;
  if (std::error_code code = sys::fs::real_path(info.dli_fname, library))
    return createStringError("cannot tell where '%s' is: %s", info.dli_fname,
                             code.message().c_str());
  StringRef folder = sys::path::parent_path(library);
  // The last is what is installed where libraries have a folder for each
  // architecture, as on Debian.
  for (const char *relative : {"", "../bin", "../../bin"}) {
    SmallString<256> tool(folder);
    sys::path::append(tool, relative, "convopt-compile");
    if (sys::fs::can_execute(tool))
      return tool.str().str();
  }
  return createStringError("convopt-compile is neither in '" + folder +
                           "' nor in the folder bin beside it");
}

} // namespace convopt
