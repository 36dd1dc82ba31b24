#include "HugePages.h"
#include "llvm/Support/MathExtras.h"
#include <sys/mman.h>

using namespace llvm;

namespace convopt {

sys::OwningMemoryBlock allocateHugePages(size_t bytes) {
  constexpr size_t page = size_t(2) << 20;
  bytes = alignTo(bytes, page);
  void *all = mmap(nullptr, bytes + page, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED)
    return {};
  const auto begin = reinterpret_cast<uintptr_t>(all);
  const uintptr_t aligned = alignTo(begin, page);
  if (aligned != begin)
    munmap(all, aligned - begin);
  if (uintptr_t rest = begin + page - aligned)
    munmap(reinterpret_cast<void *>(aligned + bytes), rest);
  void *base = reinterpret_cast<void *>(aligned);
  madvise(base, bytes, MADV_HUGEPAGE);
  return sys::OwningMemoryBlock(sys::MemoryBlock(base, bytes));
}

} // namespace convopt
