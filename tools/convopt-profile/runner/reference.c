/* Work that is the same whatever is measured and whatever compiler made it:
 * where its time drifts, the machine has, and samples of that time are
 * doubtful. Vectors of four are what every target has. */
#define _GNU_SOURCE
#include "runner.h"
#include <stdio.h>

typedef float vector __attribute__((vector_size(16)));

enum { CHAINS = 8, STEPS = 4096 };

static vector sums[CHAINS];

/* Independent chains, as many as hide the latency of a multiply-add. */
static void compute(void *unused) {
  (void)unused;
  vector factor = {0.5f, 0.25f, 0.125f, 0.5f}, sum[CHAINS];
  for (int i = 0; i < CHAINS; ++i)
    sum[i] = sums[i];
  for (int step = 0; step < STEPS; ++step)
    for (int i = 0; i < CHAINS; ++i)
      sum[i] = sum[i] * factor + factor;
  for (int i = 0; i < CHAINS; ++i)
    sums[i] = sum[i];
}

struct stream {
  const vector *data;
  size_t count;
};

static void read_all(void *argument) {
  const struct stream *stream = argument;
  vector sum[CHAINS] = {{0}};
  for (size_t i = 0; i < stream->count; i += CHAINS)
    for (size_t j = 0; j < CHAINS; ++j)
      sum[j] += stream->data[i + j];
  for (int i = 0; i < CHAINS; ++i)
    sums[i] += sum[i] * 0x1p-20f;
}

void profile_print_reference(void) {
  static void *data;
  const size_t l2 = 512 << 10, l3 = 4 << 20;
  if (!data)
    data = profile_memory(l3);
  struct stream half_l2 = {data, l2 / sizeof(vector)};
  struct stream part_of_l3 = {data, l3 / sizeof(vector)};
  double times[3] = {profile_seconds(compute, NULL, 1, 2e-3),
                     profile_seconds(read_all, &half_l2, 1, 2e-3),
                     profile_seconds(read_all, &part_of_l3, 1, 4e-3)};
  printf("reference %.4e %.4e %.4e\n", times[0], times[1], times[2]);
}
