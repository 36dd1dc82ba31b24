#include "ReadTensor.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace path = llvm::sys::path;
using namespace llvm;

namespace convopt {

static bool isInside(StringRef file, StringRef folder) {
  return file.consume_front(folder) &&
         (folder.ends_with("/") || file.starts_with("/"));
}

Expected<std::shared_ptr<MemoryBuffer>>
ExternalFiles::open(StringRef location) {
  auto failed = [&](const Twine &what) {
    return createStringError("external data file '" + location + "' " + what);
  };
  if (auto it = opened.find(location); it != opened.end())
    return it->second;
  if (location.empty() || location.contains('\0') ||
      path::is_absolute(location))
    return failed("is not a path relative to the model");

  if (!folder)
    return failed("cannot be opened: the model is in memory, and no folder "
                  "was named");

  SmallString<256> file(*folder), realFile, realFolder;
  path::append(file, location);
  if (std::error_code code = sys::fs::real_path(file, realFile))
    return failed("cannot be opened: " + code.message());
  if (sys::fs::real_path(folder->empty() ? "." : *folder, realFolder) ||
      !isInside(realFile, realFolder))
    return failed("lies outside of the model's folder");
  if (!sys::fs::is_regular_file(realFile))
    return failed("is not a file");
  auto buffer = MemoryBuffer::getFile(realFile, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return failed("cannot be opened: " + buffer.getError().message());
  std::shared_ptr<MemoryBuffer> shared = std::move(*buffer);
  opened[location] = shared;
  return shared;
}

} // namespace convopt
