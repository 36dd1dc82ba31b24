#include "convopt/Driver/OutputFile.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;

namespace convopt {

Error cannotWrite(StringRef path, const std::error_code &why) {
  return createStringError("cannot write '%s': %s", path.str().c_str(),
                           why.message().c_str());
}

bool isSpecialFile(StringRef path) {
  sys::fs::file_status status;
  return !sys::fs::status(path, status) && sys::fs::exists(status) &&
         !sys::fs::is_regular_file(status);
}

/// A device or a pipe takes what is written and stays what it is.
static Error writeInPlace(StringRef path,
                          function_ref<Error(raw_pwrite_stream &)> write) {
  std::error_code code;
  raw_fd_ostream os(path, code, sys::fs::CD_OpenExisting);
  if (code)
    return cannotWrite(path, code);
  Error error = write(os);
  os.flush();
  if (!error && os.has_error())
    error = cannotWrite(path, os.error());
  os.clear_error();
  return error;
}

Error writeOutput(StringRef path,
                  function_ref<Error(raw_pwrite_stream &)> write) {
  if (path == "-") {
    if (Error error = write(outs()))
      return error;
    outs().flush();
    return Error::success();
  }
  if (sys::fs::is_directory(path))
    return cannotWrite(path, std::make_error_code(std::errc::is_a_directory));
  if (isSpecialFile(path))
    return writeInPlace(path, write);
  // Not a fixed permission: what the umask leaves of rw-rw-rw-.
  auto permissions = sys::fs::perms(0666 & ~sys::fs::getUmask());
  Expected<sys::fs::TempFile> file =
      sys::fs::TempFile::create(path + ".%%%%%%", permissions);
  if (!file)
    return cannotWrite(path, errorToErrorCode(file.takeError()));
  raw_fd_ostream os(file->FD, /*shouldClose=*/false);
  Error error = write(os);
  os.flush();
  if (!error && os.has_error())
    error = cannotWrite(path, os.error());
  os.clear_error();
  if (!error)
    if (Error renaming = file->keep(path))
      return cannotWrite(path, errorToErrorCode(std::move(renaming)));
  if (error)
    return joinErrors(std::move(error), file->discard());
  return Error::success();
}

Error writeOutput(StringRef path, StringRef contents) {
  return writeOutput(path, [&](raw_ostream &os) {
    os << contents;
    return Error::success();
  });
}

} // namespace convopt
