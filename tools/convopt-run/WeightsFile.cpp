#include "WeightsFile.h"
#include "HugePages.h"
#include "convopt/Runtime/Plan.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace llvm;

namespace convopt {

static bool readAll(int file, char *to, int64_t bytes) {
  while (bytes > 0) {
    ssize_t n = read(file, to, bytes);
    if (n == 0 || (n < 0 && errno != EINTR))
      return false;
    to += std::max<ssize_t>(n, 0);
    bytes -= std::max<ssize_t>(n, 0);
  }
  return true;
}

/// Whether what follows the header is what it was made of.
static bool isIntact(const void *memory, int64_t size) {
  const auto *bytes = static_cast<const char *>(memory);
  convopt_weights_header header;
  std::memcpy(&header, bytes, sizeof header);
  if (size < CONVOPT_WEIGHTS_OFFSET ||
      static_cast<int64_t>(header.bytes) != size - CONVOPT_WEIGHTS_OFFSET)
    return false;
  BLAKE3 blake;
  blake.update(StringRef(bytes + CONVOPT_WEIGHTS_OFFSET, header.bytes));
  return std::memcmp(blake.result<32>().data(), header.hash,
                     sizeof header.hash) == 0;
}

Expected<WeightsFile> WeightsFile::open(const WeightsOptions &options,
                                        StringRef library, StringRef name,
                                        int64_t bytes) {
  SmallString<128> path(options.path);
  if (path.empty()) {
    path = library;
    sys::path::replace_extension(path, ".weights");
  }
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return createStringError(
        "the weights of " + name + " are missing: cannot read '" + path +
        "': " + std::strerror(errno) + "; say with --weights where they are");
  auto closing = make_scope_exit([&] { close(file); });
  uint64_t size = 0;
  if (sys::fs::file_size(path, size) || static_cast<int64_t>(size) != bytes)
    return createStringError("'" + path + "' has " + Twine(size) +
                             " bytes, the weights of " + name + " have " +
                             Twine(bytes));
  WeightsFile result;
  if (options.hugePages) {
    result.memory = allocateHugePages(bytes);
    if (!result.memory.base())
      return createStringError("no memory for weights of " + Twine(bytes) +
                               " bytes");
    if (!readAll(file, static_cast<char *>(result.memory.base()), bytes))
      return createStringError("cannot read '" + path + "'");
  } else {
    void *mapped = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, 0);
    if (mapped == MAP_FAILED)
      return createStringError("cannot map '" + path +
                               "': " + std::strerror(errno));
    result.memory = sys::OwningMemoryBlock(sys::MemoryBlock(mapped, bytes));
  }
  if (options.check && !isIntact(result.data(), bytes))
    return createStringError("'" + path +
                             "' is damaged: its contents have "
                             "another hash than it says");
  return result;
}

} // namespace convopt
