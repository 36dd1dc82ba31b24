// Runs the model MODEL of the header HEADER: PROGRAM INPUT... OUTPUT..., raw
// files of the tensors' elements. The workspace is filled with NaN before, and
// the second run must give the bits of the first.
#include HEADER
#include "tensors.h"

int main(int argc, char **argv) {
  const struct convopt_model *model = &MODEL;
  const void *inputs[16];
  void *outputs[16];
  if (argc != 1 + model->input_count + model->output_count || argc > 16)
    fail("wrong number of arguments");
  for (int64_t i = 0; i < model->input_count; ++i)
    inputs[i] = read_tensor(&model->inputs[i], argv[1 + i]);
  void *workspace = new_workspace(model);
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
    if (memcmp(first[i], outputs[i], bytes(&model->outputs[i])))
      fail("two runs differ");
    write_tensor(&model->outputs[i], outputs[i],
                 argv[1 + model->input_count + i]);
  }
  return 0;
}
