// What the C programs around a compiled model share. After the model's header,
// which declares its types; a program with two includes one header of each.
#ifndef CONVOPT_TEST_E2E_TENSORS_H
#define CONVOPT_TEST_E2E_TENSORS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(2);
}

// Of all elements.
static inline size_t bytes(const struct convopt_tensor *tensor) {
  size_t size = strstr(tensor->type, "64")   ? 8
                : strstr(tensor->type, "32") ? 4
                : strstr(tensor->type, "16") ? 2
                                             : 1;
  for (int64_t i = 0; i < tensor->rank; ++i)
    size *= (size_t)tensor->dims[i];
  return size;
}

static inline void *read_tensor(const struct convopt_tensor *tensor,
                                const char *path) {
  void *data = malloc(bytes(tensor));
  FILE *file = fopen(path, "rb");
  if (!file || fread(data, 1, bytes(tensor), file) != bytes(tensor))
    fail("an input can't be read");
  fclose(file);
  return data;
}

static inline void write_tensor(const struct convopt_tensor *tensor,
                                const void *data, const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(data, 1, bytes(tensor), file) != bytes(tensor) ||
      fclose(file))
    fail("an output can't be written");
}

// Not yet initialised.
static inline void *new_workspace(const struct convopt_model *model) {
  return aligned_alloc(64, (size_t)(model->workspace_bytes + 63) / 64 * 64);
}

#endif // CONVOPT_TEST_E2E_TENSORS_H
