#ifndef CONVOPT_RUNTIME_FUNCTIONS_H
#define CONVOPT_RUNTIME_FUNCTIONS_H

/* What the runtime offers to models, to whoever calls them and to kernels. C,
 * and C++ for its tests. */
#include "convopt/Runtime/Plan.h"

#ifdef __cplusplus
extern "C" {
#endif

int convopt_init(void *workspace, const void *weights);
int convopt_run(const void *const *inputs, void *const *outputs,
                void *workspace);
void convopt_fini(void *workspace);
const int64_t *convopt_output_dims(void *workspace, int64_t index);
/* See convopt_sizes.run. */
int convopt_run_sizes(const void *const *inputs,
                      const int64_t *const *input_dims, void *const *outputs,
                      void *workspace);

/* Has `observer` called with `data` from now on; with a null one, nobody. Of
 * use only where launches call convopt_observe, see LowerLaunches. */
int convopt_watch(void *workspace, convopt_observer observer, void *data);
void convopt_observe(void *context, int64_t launch, int done);

/* What Halide's code calls. */
typedef int (*convopt_task)(void *context, int index, uint8_t *closure);
void *halide_malloc(void *context, size_t bytes);
void halide_free(void *context, void *pointer);
int halide_do_par_for(void *context, convopt_task task, int min, int size,
                      uint8_t *closure);

#ifdef __cplusplus
}
#endif

#endif /* CONVOPT_RUNTIME_FUNCTIONS_H */
