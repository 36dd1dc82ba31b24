/* What the object of a compiled model shows of itself, in C99 and in C++. The
 * header that convopt-compile writes beside each object holds a copy of this
 * file; programs that load models by name include it from here. */
#ifndef CONVOPT_MODEL_INTERFACE
#define CONVOPT_MODEL_INTERFACE
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What init and run return. */
enum {
  CONVOPT_OK = 0,
  CONVOPT_BAD_ARGUMENT = 1,
  CONVOPT_NO_THREADS = 2,   /* threads could not start */
  CONVOPT_WRONG_CPU = 3,    /* this CPU lacks what the target needs */
  CONVOPT_WRONG_WEIGHTS = 4 /* the weights file is another model's */
};

struct convopt_tensor {
  const char *name; /* as in the ONNX model */
  const char *type; /* f16 bf16 f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 bool
                       f8e4m3fn f8e4m3fnuz f8e5m2 f8e5m2fnuz f8e8m0 */
  int64_t rank;
  const int64_t *dims; /* row-major: the last is dense; of an output whose
                          sizes depend on data the largest */
};

struct convopt_model {
  const char *name, *target, *version;
  int64_t input_count;
  const struct convopt_tensor *inputs;
  int64_t output_count;
  const struct convopt_tensor *outputs;
  int64_t workspace_bytes; /* 64-byte aligned, uninitialised, one a caller */
  int64_t weights_bytes;   /* of the weights file; 0: they are in the object */
  /* Once a workspace, before run; starts its threads, if any. `weights` is the
   * whole weights file in memory, 64-byte aligned, which is only read, by any
   * number of workspaces, and has to stay until fini; null if there is none. */
  int (*init)(void *workspace, const void *weights);
  int (*run)(const void *const *inputs, void *const *outputs, void *workspace);
  void (*fini)(void *workspace);
  /* The true sizes of output `index` after a run: its dims, but where they
   * depend on data. Elements lie as dims says; what is beyond the true sizes
   * means nothing. Valid until the next run; null for a bad argument. */
  const int64_t *(*output_dims)(void *workspace, int64_t index);
};

/* Whether `tensor` has that type and shape. */
static inline int convopt_is_tensor(const struct convopt_tensor *tensor,
                                    const char *type, int64_t rank,
                                    const int64_t *dims) {
  int64_t i;
  if (strcmp(tensor->type, type) != 0 || tensor->rank != rank)
    return 0;
  for (i = 0; i < rank; ++i)
    if (tensor->dims[i] != dims[i])
      return 0;
  return 1;
}
#endif
