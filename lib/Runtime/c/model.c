/* init, run and fini of a model: the functions behind its descriptor. */
#include "internal.h"
#include <stddef.h>
#include <string.h>

static const uint64_t initialised = UINT64_C(0x74706f766e6f63);

static int is_aligned(const void *pointer) {
  return pointer && (uintptr_t)pointer % CONVOPT_ALIGNMENT == 0;
}

/* memcmp for equality alone becomes bcmp, which C does not have. */
static int begins_with(const void *file,
                       const struct convopt_weights_header *header) {
  const unsigned char *a = file, *b = (const unsigned char *)header;
  unsigned difference = 0;
  for (size_t i = 0; i < sizeof *header; ++i)
    difference |= a[i] ^ b[i];
  return !difference;
}

struct convopt_workspace *convopt_initialised(void *memory) {
  struct convopt_workspace *workspace = memory;
  if (!is_aligned(memory) || workspace->magic != initialised)
    return NULL;
  return workspace;
}

static int64_t *shape_of(struct convopt_workspace *workspace, int64_t output) {
  if (!convopt_plan.shape_offsets || !convopt_plan.shape_offsets[output])
    return NULL;
  return (int64_t *)(void *)(workspace->tensors +
                             convopt_plan.shape_offsets[output]);
}

/* Before the first run there are no sizes. */
static void clear_shapes(struct convopt_workspace *workspace) {
  for (int64_t i = 0; i < convopt_plan.output_count; ++i) {
    int64_t *shape = shape_of(workspace, i);
    for (int64_t dim = 0; shape && dim < convopt_plan.outputs[i].rank; ++dim)
      shape[dim] = 0;
  }
}

int convopt_init(void *memory, const void *weights) {
  if (!is_aligned(memory))
    return CONVOPT_BAD_ARGUMENT;
  if (convopt_plan.weights)
    weights = convopt_plan.weights;
  else if (!is_aligned(weights))
    return CONVOPT_BAD_ARGUMENT;
  else if (convopt_plan.weights_header) {
    /* Its hash stands for all that follows: to go through that would take as
     * long as to run the model many times. */
    if (!begins_with(weights, convopt_plan.weights_header))
      return CONVOPT_WRONG_WEIGHTS;
    weights = (const char *)weights + CONVOPT_WEIGHTS_OFFSET;
  }
  if (!convopt_cpu_suffices())
    return CONVOPT_WRONG_CPU;

  struct convopt_workspace *workspace = memory;
  memset(workspace, 0, sizeof *workspace);
  workspace->weights = weights;
  workspace->outputs = convopt_plan.outputs;
  char *scratch = (char *)memory + CONVOPT_HEADER_BYTES +
                  convopt_plan.threads * CONVOPT_THREAD_BYTES;
  for (int64_t i = 0; i < convopt_plan.threads; ++i) {
    struct convopt_thread *thread = convopt_thread_at(workspace, i);
    memset(thread, 0, sizeof *thread);
    thread->workspace = workspace;
    thread->begin = thread->top = scratch;
    scratch += convopt_plan.thread_scratch_bytes +
               (i == 0 ? convopt_plan.scratch_bytes : 0);
    thread->end = scratch;
  }
  workspace->tensors = scratch;
  clear_shapes(workspace);
  if (!convopt_start_workers(workspace, convopt_plan.threads))
    return CONVOPT_NO_THREADS;
  workspace->magic = initialised;
  return CONVOPT_OK;
}

static int are_given(const void *const *tensors, int64_t count) {
  if (!tensors && count)
    return 0;
  for (int64_t i = 0; i < count; ++i)
    if (!tensors[i])
      return 0;
  return 1;
}

/* With outputs that are described by `described`. */
static int run(convopt_main model, const struct convopt_tensor *described,
               const void *const *inputs, void *const *outputs, void *memory) {
  struct convopt_workspace *workspace = convopt_initialised(memory);
  if (!workspace || !model || !are_given(inputs, convopt_plan.input_count) ||
      !are_given((const void *const *)outputs, convopt_plan.output_count))
    return CONVOPT_BAD_ARGUMENT;
  workspace->outputs = described;
  convopt_begin_run(workspace);
  int result = model(inputs, outputs, workspace->tensors, workspace->weights,
                     convopt_thread_at(workspace, 0));
  convopt_end_run(workspace);
  return result;
}

const int64_t *convopt_output_dims(void *memory, int64_t index) {
  struct convopt_workspace *workspace = convopt_initialised(memory);
  if (!workspace || index < 0 || index >= convopt_plan.output_count)
    return NULL;
  const int64_t *shape = shape_of(workspace, index);
  return shape ? shape : workspace->outputs[index].dims;
}

int convopt_run(const void *const *inputs, void *const *outputs, void *memory) {
  return run(convopt_plan.main, convopt_plan.outputs, inputs, outputs, memory);
}

int convopt_run_sizes(const void *const *inputs,
                      const int64_t *const *input_dims, void *const *outputs,
                      void *memory) {
  if (!input_dims)
    return CONVOPT_BAD_ARGUMENT;
  int64_t size = convopt_find_size(convopt_plan.size_count, convopt_plan.sizes,
                                   convopt_plan.input_count, input_dims);
  if (size < 0)
    return CONVOPT_BAD_ARGUMENT;
  return run(convopt_plan.mains[size], convopt_plan.sizes[size].outputs, inputs,
             outputs, memory);
}

void convopt_fini(void *memory) {
  struct convopt_workspace *workspace = convopt_initialised(memory);
  if (!workspace)
    return;
  convopt_stop_workers(workspace);
  workspace->magic = 0;
}
