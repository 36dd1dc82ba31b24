#ifndef CONVOPT_TOOLS_LARGEPAGES_H
#define CONVOPT_TOOLS_LARGEPAGES_H

#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace convopt {

/// Has malloc keep what is freed for what comes next, and the kernel back it by
/// large pages: a compilation has the weights in memory several times, one
/// after another, and spent a third of its time on giving back and getting
/// pages of 4 KB. To be called before threads start.
inline void useLargePages() {
#ifdef __GLIBC__
  constexpr int never = 1 << 30;
  constexpr uintptr_t room = uintptr_t(512) << 20, page = uintptr_t(2) << 20;
  mallopt(M_MMAP_THRESHOLD, never);
  mallopt(M_TRIM_THRESHOLD, never);
  mallopt(M_TOP_PAD, room);
  // The heap grows by the room now: only what it has can be advised on. The
  // compiler would leave out what it sees through.
  void *volatile block = std::malloc(page);
  std::free(block);
  const auto end = reinterpret_cast<uintptr_t>(sbrk(0)) & ~(page - 1);
  if (end > room)
    madvise(reinterpret_cast<void *>(end - room + page), room - page,
            MADV_HUGEPAGE);
#endif
}

} // namespace convopt

#endif // CONVOPT_TOOLS_LARGEPAGES_H
