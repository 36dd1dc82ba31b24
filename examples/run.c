/* Runs a compiled network once on raw input and prints how long a run takes.
 *
 *   cc -DHEADER='"resnet18.h"' -DMODEL=resnet18_model run.c resnet18.o -lm
 * -lpthread -o resnet18
 *   ./resnet18 INPUT.bin... OUTPUT.bin... [RUNS]
 *
 * Each file holds one tensor as the header declares it: dense, row-major, in
 * the machine's byte order.
 */
#define _POSIX_C_SOURCE 200112L
#include HEADER
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t element_bytes(const char *type) {
  if (!strcmp(type, "bool"))
    return 1;
  return (size_t)atoi(type + strcspn(type, "0123456789")) / 8;
}

static size_t tensor_bytes(const struct convopt_tensor *tensor) {
  size_t bytes = element_bytes(tensor->type);
  for (int64_t d = 0; d < tensor->rank; ++d)
    bytes *= (size_t)tensor->dims[d];
  return bytes;
}

static void *allocate(size_t bytes) {
  void *memory = NULL;
  if (posix_memalign(&memory, 64, bytes ? bytes : 1)) {
    fprintf(stderr, "out of memory\n");
    exit(1);
  }
  return memory;
}

static FILE *open_or_exit(const char *path, const char *mode) {
  FILE *file = fopen(path, mode);
  if (!file) {
    perror(path);
    exit(1);
  }
  return file;
}

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

int main(int argc, char **argv) {
  const struct convopt_model *model = &MODEL;
  const int files = (int)(model->input_count + model->output_count);
  if (argc < 1 + files) {
    fprintf(stderr, "usage: %s INPUT... OUTPUT... [RUNS]\n", argv[0]);
    return 1;
  }
  for (int64_t i = 0; i < model->input_count; ++i)
    for (int64_t d = 0; d < model->inputs[i].rank; ++d)
      if (model->inputs[i].dims[d] < 0) {
        fprintf(stderr, "%s is for several sizes, this program for one\n",
                model->name);
        return 1;
      }
  const int runs = argc > 1 + files ? atoi(argv[1 + files]) : 1;

  void **tensors = allocate(sizeof(void *) * (size_t)files);
  for (int i = 0; i < files; ++i) {
    const int is_input = i < model->input_count;
    const struct convopt_tensor *tensor =
        is_input ? &model->inputs[i] : &model->outputs[i - model->input_count];
    const size_t bytes = tensor_bytes(tensor);
    tensors[i] = allocate(bytes);
    if (!is_input)
      continue;
    FILE *file = open_or_exit(argv[1 + i], "rb");
    if (fread(tensors[i], 1, bytes, file) != bytes) {
      fprintf(stderr, "%s: needs %zu bytes\n", argv[1 + i], bytes);
      return 1;
    }
    fclose(file);
  }

  void *workspace = allocate((size_t)model->workspace_bytes);
  int status = model->init(workspace, NULL);
  double best = 1e30;
  for (int run = 0; run < runs && !status; ++run) {
    const double start = now_ms();
    status = model->run((const void *const *)tensors,
                        tensors + model->input_count, workspace);
    const double elapsed = now_ms() - start;
    if (elapsed < best)
      best = elapsed;
  }
  if (status) {
    fprintf(stderr, "%s: status %d\n", model->name, status);
    return 1;
  }
  model->fini(workspace);

  for (int64_t i = model->input_count; i < files; ++i) {
    FILE *file = open_or_exit(argv[1 + i], "wb");
    const size_t bytes = tensor_bytes(&model->outputs[i - model->input_count]);
    if (fwrite(tensors[i], 1, bytes, file) != bytes || fclose(file)) {
      perror(argv[1 + i]);
      return 1;
    }
  }
  printf("%s for %s: %.3f ms, %.1f MB of workspace\n", model->name,
         model->target, best, (double)model->workspace_bytes * 1e-6);
  return 0;
}
