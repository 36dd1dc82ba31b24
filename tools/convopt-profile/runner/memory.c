/* Memory of which the addresses do not decide how fast it is. In pages of 4 KB
 * a sample's time depends on which physical pages it was given: two processes
 * differed by over 1 % in the middle, and by 9 % for one sample in ten. In
 * pages of 2 MB they differ by 0.2 %, and no time goes into walks of page
 * tables. */
#define _GNU_SOURCE
#include "runner.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static const size_t large = 2 << 20;
static size_t asked;

void *profile_memory(size_t bytes) {
  bytes = (bytes + large - 1) / large * large;
  char *memory = mmap(NULL, bytes + large, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return NULL;
  memory += (large - (uintptr_t)memory % large) % large;
  /* Where this fails the check below says so. */
  madvise(memory, bytes, MADV_HUGEPAGE);
  memset(memory, 0, bytes);
  asked += bytes;
  return memory;
}

void *profile_small_pages(size_t bytes) {
  bytes += 4096; /* None is an error. */
  char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return NULL;
  madvise(memory, bytes, MADV_NOHUGEPAGE);
  memset(memory, 0, bytes);
  return memory;
}

int profile_has_large_pages(void) {
  FILE *file = fopen("/proc/self/smaps", "r");
  if (!file)
    return 0;
  char line[256];
  size_t granted = 0, kilobytes;
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "AnonHugePages: %zu kB", &kilobytes) == 1)
      granted += kilobytes << 10;
  fclose(file);
  return granted >= asked;
}

void profile_fill(void *memory, size_t bytes) {
  float *floats = memory;
  uint32_t state = 1;
  for (size_t i = 0; i < bytes / sizeof *floats; ++i) {
    state = state * 1664525 + 1013904223;
    floats[i] = (float)(int32_t)state * 0x1p-32f;
  }
}

void profile_fill_weights(void *memory, size_t bytes) {
  uint16_t *halves = memory;
  uint32_t state = 1;
  for (size_t i = 0; i < bytes / sizeof *halves; ++i) {
    state = state * 1664525 + 1013904223;
    halves[i] = (uint16_t)(0x3800 | (state >> 16 & 0x83ff));
  }
}
