#ifndef CONVOPT_TOOLS_RUN_HUGEPAGES_H
#define CONVOPT_TOOLS_RUN_HUGEPAGES_H

#include "llvm/Support/Memory.h"

namespace convopt {

/// Zeros that start with a page of 2 MB and lie in such pages where the system
/// grants them. Where pages of 4 KB fell decides which of a model's tensors
/// share sets of the caches, up to several percent of its time by luck; within
/// large pages the plan decides. Without a base if there is no memory.
llvm::sys::OwningMemoryBlock allocateHugePages(size_t bytes);

} // namespace convopt

#endif // CONVOPT_TOOLS_RUN_HUGEPAGES_H
