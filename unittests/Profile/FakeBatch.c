/* Kernels that behave in every way, for the runner to measure. */
#include "functions.h"
#include "table.h"
#include <stdlib.h>

/* The buffers are those of the table: aligned, apart, the weights' own another
 * one each time, and there is the scratch memory that was promised. */
static int check(void *context, struct halide_buffer_t *b) {
  static void *last;
  float *image = b[0].host, *weights = b[1].host, *result = b[2].host;
  if ((uintptr_t)image % 64 || (uintptr_t)weights % 64 ||
      (uintptr_t)result % 64 || weights == last || result != image + 16)
    return 1;
  last = weights;
  void *scratch = halide_malloc(context, 1000);
  if (!scratch || !(weights[0] > -1 && weights[0] < 1) || weights[1] == 0)
    return 2;
  halide_free(context, scratch);
  for (int i = 0; i < 16; ++i)
    result[i] = image[i] * weights[i];
  return 0;
}

static int task(void *context, int index, uint8_t *closure) {
  (void)context;
  ((char *)closure)[index] = 1;
  return 0;
}

static int loop(void *context, struct halide_buffer_t *b) {
  char done[8] = {0};
  (void)b;
  if (halide_do_par_for(context, task, 0, 8, (uint8_t *)done))
    return 1;
  for (int i = 0; i < 8; ++i)
    if (!done[i])
      return 2;
  return 0;
}

static int fail(void *context, struct halide_buffer_t *b) {
  (void)context, (void)b;
  return 7;
}

static int crash(void *context, struct halide_buffer_t *b) {
  (void)context;
  *(volatile char *)b[0].device_interface = 0;
  return 0;
}

static int hang(void *context, struct halide_buffer_t *b) {
  (void)context, (void)b;
  for (volatile int i = 0;; ++i)
    ;
  return 0;
}

static int end(void *context, struct halide_buffer_t *b) {
  (void)context, (void)b;
  _Exit(0);
}

static const struct profile_kernel kernels[] = {
    {check, 3, {64, 64, 64}, 1}, {loop, 1, {64}, -1}, {fail, 1, {64}, -1},
    {crash, 1, {64}, -1},        {hang, 1, {64}, -1}, {end, 1, {64}, -1}};
const struct profile_batch profile_batch = {1 << 20, 0, 6, kernels};

const struct convopt_plan convopt_plan = {
    .threads = 2, .scratch_bytes = 1088, .main = profile_measure};
