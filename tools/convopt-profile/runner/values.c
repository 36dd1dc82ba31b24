/* One run of a kernel on given numbers, for --values=FOLDER: reads each
 * argument of kernel INDEX from FOLDER/INDEX-0, FOLDER/INDEX-1 and so on, and
 * writes the result to FOLDER/INDEX-result. */
#include "runner.h"
#include <stdio.h>
#include <stdlib.h>

static int transfer(const char *folder, long long index, const char *what,
                    void *data, size_t bytes, int write) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/%lld-%s", folder, index, what) >=
      (int)sizeof path)
    return 0;
  FILE *file = fopen(path, write ? "wb" : "rb");
  if (!file)
    return 0;
  size_t done = write ? fwrite(data, 1, bytes, file)
                      : fread(data, 1, bytes, file);
  return (fclose(file) == 0) & (done == bytes);
}

const char *profile_compute(const char *folder, int64_t index, void *context) {
  const struct profile_kernel *kernel = &profile_batch.kernels[index];
  struct halide_buffer_t buffers[PROFILE_MOST_BUFFERS] = {{0}};
  const int64_t result = kernel->buffer_count - 1;
  for (int64_t i = 0; i <= result; ++i) {
    const char name[] = {(char)('0' + i), 0};
    const size_t bytes = (size_t)kernel->bytes[i];
    buffers[i].host = profile_memory(bytes);
    if (!buffers[i].host)
      return "has not enough memory";
    if (i < result && !transfer(folder, index, name, buffers[i].host, bytes, 0))
      return "cannot read its arguments";
  }
  if (kernel->run(context, buffers))
    return "failed";
  if (!transfer(folder, index, "result", buffers[result].host,
                (size_t)kernel->bytes[result], 1))
    return "cannot write its result";
  return NULL;
}
