/* Whether this CPU, and the operating system on it, have what the model's code
 * was compiled for. */
#include "internal.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>

static uint64_t read_xcr0(void) {
  unsigned a, b, c, d;
  const unsigned osxsave = 1u << 27;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & osxsave))
    return 0;
  __asm__("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
  return (uint64_t)d << 32 | a;
}

/* Linux saves tile registers only of processes that have asked for them, all
 * threads of which then have them. Asked without libc's syscall, which models
 * would need then that have no tiles. */
static int may_use_tiles(void) {
  const long request_permission = 0x1023, tile_data = 18;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"((long)SYS_arch_prctl), "D"(request_permission),
                     "S"(tile_data)
                   : "rcx", "r11", "memory");
  return result == 0;
}

static uint64_t read_word(uint32_t source, uint32_t index) {
  if (source == CONVOPT_XCR0)
    return read_xcr0();
  unsigned word[4];
  if (!__get_cpuid_count(source, index / 4, &word[0], &word[1], &word[2],
                         &word[3]))
    return 0;
  return word[index % 4];
}
#elif defined(__aarch64__)
#include <sys/auxv.h>

static uint64_t read_word(uint32_t source, uint32_t index) {
  (void)index;
  return getauxval(source);
}
#else
#error "convopt's runtime does not know this architecture"
#endif

int convopt_cpu_suffices(void) {
  for (int64_t i = 0; i < convopt_plan.requirement_count; ++i) {
    const struct convopt_requirement *need = &convopt_plan.requirements[i];
    if ((read_word(need->source, need->index) & need->bits) != need->bits)
      return 0;
#if defined(__x86_64__)
    const uint64_t tiles = UINT64_C(1) << 18;
    if (need->source == CONVOPT_XCR0 && need->bits & tiles && !may_use_tiles())
      return 0;
#endif
  }
  return 1;
}
