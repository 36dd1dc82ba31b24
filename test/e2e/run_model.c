// Runs the model MODEL of the header HEADER: PROGRAM INPUT... OUTPUT..., raw
// files of the tensors' elements. The workspace is filled with NaN before, and
// the second run must give the bits of the first.
#include HEADER
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t bytes(const struct convopt_tensor *tensor) {
  size_t size = strstr(tensor->type, "64")   ? 8
                : strstr(tensor->type, "32") ? 4
                : strstr(tensor->type, "16") ? 2
                                             : 1;
  for (int64_t i = 0; i < tensor->rank; ++i)
    size *= (size_t)tensor->dims[i];
  return size;
}

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

int main(int argc, char **argv) {
  const struct convopt_model *model = &MODEL;
  const void *inputs[16];
  void *outputs[16];
  if (argc != 1 + model->input_count + model->output_count || argc > 16)
    fail("wrong number of arguments");
  for (int64_t i = 0; i < model->input_count; ++i) {
    size_t size = bytes(&model->inputs[i]);
    void *data = malloc(size);
    FILE *file = fopen(argv[1 + i], "rb");
    if (!file || fread(data, 1, size, file) != size)
      fail("an input can't be read");
    fclose(file);
    inputs[i] = data;
  }
  void *workspace =
      aligned_alloc(64, (size_t)(model->workspace_bytes + 63) / 64 * 64);
  memset(workspace, 0xff, (size_t)model->workspace_bytes);
  if (model->init(workspace, NULL))
    fail("init failed");
  void *first[16];
  for (int64_t i = 0; i < model->output_count; ++i)
    first[i] = malloc(bytes(&model->outputs[i]));
  if (model->run(inputs, first, workspace))
    fail("run failed");
  for (int64_t i = 0; i < model->output_count; ++i)
    outputs[i] = malloc(bytes(&model->outputs[i]));
  if (model->run(inputs, outputs, workspace))
    fail("the second run failed");
  model->fini(workspace);
  for (int64_t i = 0; i < model->output_count; ++i) {
    size_t size = bytes(&model->outputs[i]);
    if (memcmp(first[i], outputs[i], size))
      fail("two runs differ");
    FILE *file = fopen(argv[1 + model->input_count + i], "wb");
    if (!file || fwrite(outputs[i], 1, size, file) != size || fclose(file))
      fail("an output can't be written");
  }
  return 0;
}
