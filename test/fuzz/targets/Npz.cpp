// Archives of arrays, which may have been damaged on their way.

#include "Driver/Arrays/Npz.h"
#include "Target.h"

using namespace convopt;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef bytes(reinterpret_cast<const char *>(data), size);
  if (auto arrays = parseNpz(bytes, "npz"); !arrays)
    llvm::consumeError(arrays.takeError());
  return 0;
}
