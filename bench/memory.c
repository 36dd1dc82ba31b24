/* The most memory that this process holds while it runs a compiled network.
 *
 *   cc -DHEADER='"model.h"' -DMODEL=model_model memory.c model.o -lm -lpthread
 *   ./a.out FILE [RUNS]     FILE: the inputs, one after another; three runs
 *
 * Prints kilobytes: VmHWM, which no other process is part of.
 */
#define _POSIX_C_SOURCE 200112L
#include HEADER
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(const struct convopt_tensor *tensor, size_t *bytes) {
  void *memory;
  *bytes = (size_t)atoi(tensor->type + strcspn(tensor->type, "0123456789")) / 8;
  for (int64_t d = 0; d < tensor->rank; ++d)
    *bytes *= (size_t)tensor->dims[d];
  if (posix_memalign(&memory, 64, *bytes))
    exit(1);
  return memory;
}

int main(int argc, char **argv) {
  const struct convopt_model *model = &MODEL;
  const void *inputs[16];
  void *outputs[16], *workspace;
  char line[256];
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (!file || model->input_count > 16 || model->output_count > 16)
    return 1;
  for (int64_t i = 0; i < model->input_count; ++i) {
    size_t bytes;
    void *memory = allocate(&model->inputs[i], &bytes);
    if (fread(memory, 1, bytes, file) != bytes)
      return 1;
    inputs[i] = memory;
  }
  fclose(file);
  for (int64_t i = 0; i < model->output_count; ++i) {
    size_t bytes;
    outputs[i] = allocate(&model->outputs[i], &bytes);
  }
  if (posix_memalign(&workspace, 64, (size_t)model->workspace_bytes))
    return 1;
  if (model->init(workspace, NULL))
    return 1;
  const int runs = argc > 2 ? atoi(argv[2]) : 3;
  for (int run = 0; run < runs; ++run)
    if (model->run(inputs, outputs, workspace))
      return 1;
  model->fini(workspace);
  file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, "VmHWM:", 6))
      printf("%ld\n", atol(line + 6));
  return 0;
}
