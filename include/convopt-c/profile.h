/* What a model that was compiled with --profile shows beside. */
#ifndef CONVOPT_PROFILE
#define CONVOPT_PROFILE
#include <stdint.h>

struct convopt_launch { /* one run of a kernel */
  const char *node;     /* of the ONNX model */
  const char *kernel, *operation, *shape;
  const char *primitive; /* of a convolution; else empty */
  int64_t operations;    /* floating point; a multiply-add is two */
  int64_t bytes;         /* read and written, each operand once */
  int64_t predicted_ns;  /* on one thread; 0: no prediction */
};

/* Called before (done = 0) and after (done = 1) each launch, given its number
 * in `launches`, on the thread that calls run. */
typedef void (*convopt_observer)(void *data, int64_t launch, int done);

struct convopt_profile {
  int64_t threads;
  double peak_flops; /* of one thread, per second, at the nominal clock */
  int64_t launch_count;
  const struct convopt_launch *launches;
  /* Has `observer` called with `data` from now on; a null one: nobody. After
   * init. */
  int (*watch)(void *workspace, convopt_observer observer, void *data);
  /* Of a model for several sizes: those of size i begin at first_launch[i] and
   * end before first_launch[i + 1]. Null if there is one. */
  const int64_t *first_launch;
};
#endif
