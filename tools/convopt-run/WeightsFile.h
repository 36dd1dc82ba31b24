#ifndef CONVOPT_TOOLS_RUN_WEIGHTSFILE_H
#define CONVOPT_TOOLS_RUN_WEIGHTSFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/Memory.h"
#include <cstdint>

namespace convopt {

/// How a weights file comes into memory.
struct WeightsOptions {
  std::string path; ///< empty: the library's, ending in .weights
  /// Copied into pages of 2 MB, where the system has some to give, instead of
  /// mapped from the file in pages of 4 KB.
  bool hugePages = false;
  bool check = false; ///< compare the contents with their hash
};

/// A weights file in memory.
class WeightsFile {
public:
  /// Of the model `name` in `library`; `bytes` long.
  static llvm::Expected<WeightsFile> open(const WeightsOptions &options,
                                          llvm::StringRef library,
                                          llvm::StringRef name, int64_t bytes);

  /// Null without a file.
  const void *data() const { return memory.base(); }

private:
  llvm::sys::OwningMemoryBlock memory;
};

} // namespace convopt

#endif // CONVOPT_TOOLS_RUN_WEIGHTSFILE_H
