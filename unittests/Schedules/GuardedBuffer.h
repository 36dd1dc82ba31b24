#ifndef CONVOPT_UNITTESTS_SCHEDULES_GUARDEDBUFFER_H
#define CONVOPT_UNITTESTS_SCHEDULES_GUARDEDBUFFER_H

#include <cstddef>
#include <sys/mman.h>
#include <unistd.h>

namespace convopt {

/// Floats between two pages that may not be touched, up against one of them:
/// an access beyond the buffer on that side ends the test.
class GuardedBuffer {
public:
  enum Side { Front, Back };

  GuardedBuffer(size_t count, Side side) : pageBytes(sysconf(_SC_PAGESIZE)) {
    const size_t payload = count * sizeof(float);
    bodyBytes = (payload + pageBytes - 1) / pageBytes * pageBytes;
    base =
        static_cast<char *>(mmap(nullptr, bodyBytes + 2 * pageBytes, PROT_NONE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    char *body = base + pageBytes;
    mprotect(body, bodyBytes, PROT_READ | PROT_WRITE);
    begin = reinterpret_cast<float *>(
        side == Front ? body : body + bodyBytes - payload);
  }
  ~GuardedBuffer() { munmap(base, bodyBytes + 2 * pageBytes); }
  GuardedBuffer(const GuardedBuffer &) = delete;
  GuardedBuffer &operator=(const GuardedBuffer &) = delete;

  float *data() { return begin; }

private:
  size_t pageBytes, bodyBytes;
  char *base;
  float *begin;
};

} // namespace convopt

#endif // CONVOPT_UNITTESTS_SCHEDULES_GUARDEDBUFFER_H
