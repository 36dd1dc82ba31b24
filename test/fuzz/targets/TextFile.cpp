#include "TextFile.h"
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

using namespace convopt;

TextFile::TextFile(llvm::StringRef text)
    : file(memfd_create("convopt-fuzz", 0)),
      name("/proc/self/fd/" + std::to_string(file)) {
  if (file < 0 || write(file, text.data(), text.size()) != ssize_t(text.size()))
    std::abort();
}

TextFile::~TextFile() { close(file); }
