// A module as text, as other front ends write it or as a user has edited it.

#include "Compilation.h"
#include "Target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // The text ends with its first zero, as a file's would.
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  convopt::compileBytes("model.mlir",
                        text.take_until([](char c) { return !c; }));
  return 0;
}
