/* What an object for several sizes of one model shows beside its descriptor,
 * whose dimensions are -1 where the sizes differ, and whose run refuses. */
#ifndef CONVOPT_SIZES
#define CONVOPT_SIZES
#include <stddef.h>
#include <stdint.h>

struct convopt_size { /* as many inputs and outputs as the model has */
  const struct convopt_tensor *inputs, *outputs;
};

struct convopt_sizes {
  int64_t count; /* two or more */
  const struct convopt_size *sizes;
  /* One inference with inputs of these dimensions, an array for each input;
   * CONVOPT_BAD_ARGUMENT if no size has them. The workspace of
   * convopt_model.init serves all sizes. */
  int (*run)(const void *const *inputs, const int64_t *const *input_dims,
             void *const *outputs, void *workspace);
  /* As convopt_model.output_dims: of the size that ran last. Before the first
   * run -1 stands where the sizes differ. */
  const int64_t *(*output_dims)(void *workspace, int64_t index);
};

/* The number of the size whose inputs have these dimensions; -1 if none has. */
static inline int64_t convopt_find_size(int64_t size_count,
                                        const struct convopt_size *sizes,
                                        int64_t input_count,
                                        const int64_t *const *input_dims) {
  int64_t size, input, i;
  for (size = 0; size < size_count; ++size) {
    int fits = 1;
    for (input = 0; fits && input < input_count; ++input) {
      const struct convopt_tensor *tensor = &sizes[size].inputs[input];
      for (i = 0; fits && i < tensor->rank; ++i)
        fits = input_dims[input] && input_dims[input][i] == tensor->dims[i];
    }
    if (fits)
      return size;
  }
  return -1;
}
#endif
