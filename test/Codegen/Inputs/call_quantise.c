/* Compares all bytes of `quantise` with what its definition says. */
#include "halide_buffer.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>

int quantise(void *context, struct halide_buffer_t *in,
             struct halide_buffer_t *out);

enum { count = 4096 };
static float x[count];
static uint8_t y[count];

int main(void) {
  const float special[] = {NAN,    -NAN,  INFINITY, -INFINITY, 3e38f,  -3e38f,
                           1e9f,   -1e9f, 1e6f,     -1e6f,     4.5e5f, -4.5e5f,
                           1e-40f, -0.0f, 32768.0f, -32768.0f};
  for (int i = 0; i < count; ++i)
    x[i] = i % 8 == 5 ? special[i / 8 % 16]
                      : ((float)i - 2048) * (i % 2 ? 0.5f : 0.1f) / 29.0f;
  struct dimension all = {0, count, 1, 0};
  struct halide_buffer_t in = {0, NULL, x, 0, 2, 32, 1, 1, &all, NULL},
                         out = {0, NULL, y, 0, 0, 8, 1, 1, &all, NULL};
  if (quantise(NULL, &in, &out))
    return 1;
  for (int i = 0; i < count; ++i) {
    float scaled = x[i] * 29.0f;
    float bounded = scaled > -131.0f ? scaled : -131.0f;
    bounded = bounded < 124.0f ? bounded : 124.0f;
    int expected = (int)nearbyintf(bounded) + 131;
    if (y[i] != expected) {
      printf("%g becomes %d, not %d\n", x[i], y[i], expected);
      return 1;
    }
  }
  puts("same");
  return 0;
}
