/* Calls two kernels one after the other: twice(add_one({1, 2, 3, 4})). */
#include "halide_buffer.h"
#include <stdio.h>

int add_one(void *context, struct halide_buffer_t *in,
            struct halide_buffer_t *out);
int twice(void *context, struct halide_buffer_t *in,
          struct halide_buffer_t *out);

static struct halide_buffer_t wrap(float *values, struct dimension *dim) {
  struct halide_buffer_t buffer = {0, NULL, values, 0, 2, 32, 1, 1, dim, NULL};
  return buffer;
}

int main(void) {
  float x[4] = {1, 2, 3, 4}, y[4], z[4];
  struct dimension four = {0, 4, 1, 0};
  struct halide_buffer_t a = wrap(x, &four), b = wrap(y, &four),
                         c = wrap(z, &four);
  if (add_one(NULL, &a, &b) || twice(NULL, &b, &c))
    return 1;
  printf("%g %g %g %g\n", z[0], z[1], z[2], z[3]);
  return 0;
}
