/* Which launches an object for the sizes 1x3x8x8 and 2x3x8x8 announces. */
#include "net.h"
#include <stdio.h>
#include <stdlib.h>

static float image[2 * 3 * 8 * 8], scale[8], result[2 * 16 * 8 * 8];
static int64_t size, own, others;

static void observe(void *data, int64_t launch, int done) {
  const int64_t *first = net_profile.first_launch;
  if (launch >= first[size] && launch < first[size + 1])
    own += done;
  else
    ++others;
  (void)data;
}

int main(void) {
  const int64_t one[] = {1, 3, 8, 8}, two[] = {2, 3, 8, 8};
  const int64_t *first = net_profile.first_launch;
  void *memory = malloc(net_workspace_bytes + 64);
  void *workspace = (char *)memory + 64 - (size_t)memory % 64;
  printf("first %d, last ends them %d, each some %d\n", (int)first[0],
         first[2] == net_profile.launch_count,
         first[0] < first[1] && first[1] < first[2]);
  if (net_init(workspace) || net_profile.watch(workspace, observe, NULL))
    return 1;
  for (size = 1; size >= 0; --size) {
    own = others = 0;
    if (net_run(image, size ? two : one, scale, result, workspace))
      return 1;
    printf("size %d: launches of others %d, of its own %d\n", (int)size,
           (int)others, own == first[size + 1] - first[size]);
  }
  net_fini(workspace);
  free(memory);
  return 0;
}
