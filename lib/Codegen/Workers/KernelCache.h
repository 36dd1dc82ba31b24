#ifndef CONVOPT_LIB_CODEGEN_KERNELCACHE_H
#define CONVOPT_LIB_CODEGEN_KERNELCACHE_H

#include "convopt/Codegen/Kernels.h"
#include <optional>

namespace convopt {

/// A folder of compiled kernels, one file each, named by a hash of all that
/// decides what is in it: the kernel's IR, the machine, the options and this
/// build of the compiler. Any number of compilers may share it: an entry
/// appears whole or not at all. Nothing is ever removed.
class KernelCache {
public:
  /// Makes the folder if need be; an error if nothing can be written there.
  static llvm::Expected<KernelCache> open(llvm::StringRef folder,
                                          const KernelOptions &options);

  /// What the entry of `kernel` is called.
  std::string nameOf(KernelOp kernel) const;

  /// What was stored under that name; nothing if no such entry is there, or a
  /// damaged one.
  std::optional<std::string> find(llvm::StringRef name) const;

  /// Adds or replaces an entry.
  llvm::Error store(llvm::StringRef name, llvm::StringRef contents) const;

private:
  KernelCache(llvm::StringRef folder, std::string common)
      : folder(folder), common(std::move(common)) {}

  std::string folder;
  std::string common; ///< the part of the key that all kernels share
};

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_KERNELCACHE_H
