// Runs each size of the model NAME of the header HEADER, the last one first and
// in one workspace: PROGRAM FOLDER, where inputI.K is the K-th input of size I,
// the raw elements; writes outputI.K, of which as much means something as the
// dimensions that it prints, a line each.
#include HEADER
#include "tensors.h"

#define JOIN(a, b) a##b
#define SYMBOL(name, suffix) JOIN(name, suffix)

static char *path(const char *folder, const char *kind, int64_t size,
                  int64_t tensor) {
  static char text[4096];
  snprintf(text, sizeof text, "%s/%s%d.%d", folder, kind, (int)size,
           (int)tensor);
  return text;
}

int main(int argc, char **argv) {
  const struct convopt_model *model = &SYMBOL(NAME, _model);
  const struct convopt_sizes *sizes = &SYMBOL(NAME, _sizes);
  const void *inputs[16];
  const int64_t *dims[16];
  void *outputs[16];
  if (argc != 2 || model->input_count > 16 || model->output_count > 16)
    fail("expected a folder");
  void *workspace = new_workspace(model);
  memset(workspace, 0xff, (size_t)model->workspace_bytes);
  if (model->init(workspace, NULL))
    fail("init failed");
  for (int64_t i = sizes->count - 1; i >= 0; --i) {
    const struct convopt_size *size = &sizes->sizes[i];
    for (int64_t k = 0; k < model->input_count; ++k) {
      inputs[k] = read_tensor(&size->inputs[k], path(argv[1], "input", i, k));
      dims[k] = size->inputs[k].dims;
    }
    for (int64_t k = 0; k < model->output_count; ++k)
      outputs[k] = malloc(bytes(&size->outputs[k]));
    if (sizes->run(inputs, dims, outputs, workspace))
      fail("run failed");
    for (int64_t k = 0; k < model->output_count; ++k) {
      const int64_t *shape = sizes->output_dims(workspace, k);
      for (int64_t d = 0; d < model->outputs[k].rank; ++d)
        printf("%d ", (int)shape[d]);
      printf("\n");
      write_tensor(&size->outputs[k], outputs[k],
                   path(argv[1], "output", i, k));
    }
  }
  model->fini(workspace);
  return 0;
}
