/* Calls two kernels one after the other: twice(add_one({1, 2, 3, 4})). */
#include <stdint.h>
#include <stdio.h>

struct dimension {
  int32_t min, extent, stride;
  uint32_t flags;
};
struct halide_buffer_t {
  uint64_t device;
  const void *device_interface;
  void *host;
  uint64_t flags;
  uint8_t code, bits;
  uint16_t lanes;
  int32_t dimensions;
  struct dimension *dim;
  void *padding;
};

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
