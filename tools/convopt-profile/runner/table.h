/* What a batch of kernels tells the runner. convopt-profile writes it as C in
 * front of which it puts this file, so nothing else may be needed here. */
#ifndef CONVOPT_PROFILE_TABLE_H
#define CONVOPT_PROFILE_TABLE_H
#include "convopt/Runtime/Plan.h"

/* Halide's; a kernel of constant shapes reads nothing but where the data is. */
struct halide_buffer_t {
  uint64_t device;
  const void *device_interface;
  void *host;
  uint64_t flags;
  uint32_t type;
  int32_t dimensions;
  void *dim, *padding;
};

enum { PROFILE_MOST_BUFFERS = 5 };

struct profile_kernel {
  int (*run)(void *context, struct halide_buffer_t *buffers);
  int64_t buffer_count;
  int64_t bytes[PROFILE_MOST_BUFFERS]; /* of each argument, then the result */
  int64_t weights; /* which of them every run finds elsewhere; -1: none */
};

struct profile_batch {
  int64_t rotation_bytes; /* through which weights go before they come again */
  int64_t small_pages;    /* whether weights lie in pages of 4 KB */
  int64_t kernel_count;
  const struct profile_kernel *kernels;
};

/* The table, and beside it the plan for the runtime that the kernels share. */
extern const struct profile_batch profile_batch;

/* The model that the runtime runs: all the measuring. */
int profile_measure(const void *const *inputs, void *const *outputs,
                    void *tensors, const void *weights, void *context);

#endif /* CONVOPT_PROFILE_TABLE_H */
