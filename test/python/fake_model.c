// Two models by hand in the form that convopt-compile gives them: sum = a + b
// over 2x3 floats, and lengths = [3] as i64 beside a scalar. Their results go
// through the workspace, which must be aligned, and through the weights.
#include "convopt-c/model.h"
#include "convopt-c/sizes.h"

int fini_calls;
static const int64_t matrix[] = {2, 3}, vector[] = {3};

static int add_init(void *workspace, const void *weights) {
  return (uintptr_t)workspace % 64 || weights;
}
static int add_run(const void *const *inputs, void *const *outputs,
                   void *workspace) {
  const float *a = inputs[0], *b = inputs[1];
  for (int i = 0; i < 6; ++i)
    ((float *)workspace)[i] = a[i] + b[i];
  memcpy(outputs[0], workspace, 24);
  return a[0] == 99.0f ? 7 : 0;
}
static void add_fini(void *workspace) { ++fini_calls; }

static const struct convopt_tensor add_inputs[] = {{"a", "f32", 2, matrix},
                                                   {"b", "f32", 2, matrix}};
static const struct convopt_tensor add_outputs[] = {{"sum", "f32", 2, matrix}};
static const int64_t *add_dims(void *workspace, int64_t index) {
  return workspace ? add_outputs[index].dims : 0;
}
const struct convopt_model add_model = {
    "add", "x86_64", "0",      2,       add_inputs, 1,       add_outputs,
    100,   0,        add_init, add_run, add_fini,   add_dims};

static int scale_init(void *workspace, const void *weights) {
  memcpy(workspace, weights, 24);
  return 0;
}
static int scale_run(const void *const *inputs, void *const *outputs,
                     void *workspace) {
  for (int i = 0; i < 3; ++i)
    ((int64_t *)outputs[0])[i] =
        ((const int64_t *)workspace)[i] * *(const int8_t *)inputs[0];
  *(unsigned char *)outputs[1] = 1;
  return 0;
}
static const struct convopt_tensor scale_inputs[] = {{"factor", "i8", 0, 0}};
static const struct convopt_tensor scale_outputs[] = {
    {"scaled", "i64", 1, vector}, {"done", "bool", 0, 0}};
static const int64_t *scale_dims(void *workspace, int64_t index) {
  return workspace ? scale_outputs[index].dims : 0;
}
const struct convopt_model scale_model = {
    "scale",   "x86_64",      "0",       1,  scale_inputs,
    2,         scale_outputs, 24,        24, scale_init,
    scale_run, add_fini,      scale_dims};

// sums = the sum of a vector of 2 or 3 floats, in an array of one, or of none
// if the first is negative. How many there were is kept in the workspace.
static const int64_t two[] = {2}, three[] = {3}, open[] = {-1}, single[] = {1};
static const struct convopt_tensor sum_inputs[] = {
    {"x", "f32", 1, open}, {"x", "f32", 1, two}, {"x", "f32", 1, three}};
static const struct convopt_tensor sum_outputs[] = {{"sum", "f32", 1, single}};
static const struct convopt_size sum_each[] = {{sum_inputs + 1, sum_outputs},
                                               {sum_inputs + 2, sum_outputs}};
static int sum_init(void *workspace, const void *weights) {
  return !workspace || weights;
}
static int sum_refuse(const void *const *inputs, void *const *outputs,
                      void *workspace) {
  return CONVOPT_BAD_ARGUMENT;
}
static int sum_run(const void *const *inputs, const int64_t *const *input_dims,
                   void *const *outputs, void *workspace) {
  float *sum = outputs[0];
  *sum = 0;
  for (int64_t i = 0; i < input_dims[0][0]; ++i)
    *sum += ((const float *)inputs[0])[i];
  *(int64_t *)workspace = *(const float *)inputs[0] >= 0;
  return CONVOPT_OK;
}
static const int64_t *sum_dims(void *workspace, int64_t index) {
  return index ? 0 : workspace;
}
#ifdef SUM
const struct convopt_model sum_model = {
    "sum", "x86_64", "0",      1,          sum_inputs, 1, sum_outputs,
    64,    0,        sum_init, sum_refuse, add_fini,   0};
const struct convopt_sizes sum_sizes = {2, sum_each, sum_run, sum_dims};
#endif
