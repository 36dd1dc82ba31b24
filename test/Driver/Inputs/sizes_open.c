/* The true sizes of outputs after runs of the sizes 6 and 12. */
#include "net.h"
#include <stdio.h>
#include <stdlib.h>

static float x[12] = {0, 5, 0, 0, 7, 9, 0, 0, 0, 0, 0, 3}, twice[12];
static int64_t places[12], numbers[12];

static void print(const char *when, void *workspace) {
  printf("%s:", when);
  for (int64_t i = 0; i < net_model.output_count; ++i) {
    const int64_t *dims = net_sizes.output_dims(workspace, i);
    for (int64_t d = 0; d < net_model.outputs[i].rank; ++d)
      printf(d ? "x%d" : " %d", (int)dims[d]);
    if (net_model.output_dims(workspace, i) != dims)
      printf(" differs");
  }
  printf("\n");
}

int main(void) {
  void *workspace = aligned_alloc(64, (net_workspace_bytes + 63) / 64 * 64);
  const int64_t six = 6, twelve = 12, other = 7;
  int status = net_init(workspace);
  print("init", workspace);
  status |= net_run(x, &twelve, places, twice, numbers, workspace);
  print("12", workspace);
  printf("places %d %d, numbers %d %d\n", (int)places[0], (int)places[3],
         (int)numbers[0], (int)numbers[3]);
  status |= net_run(x, &six, places, twice, numbers, workspace);
  print("6", workspace);
  printf("places %d, numbers %d %d\n", (int)places[2], (int)numbers[0],
         (int)numbers[5]);
  printf("other %d\n", net_run(x, &other, places, twice, numbers, workspace));
  print("then", workspace);
  printf("status %d, no output %d\n", status,
         net_sizes.output_dims(workspace, 3) != NULL);
  net_fini(workspace);
  free(workspace);
  return 0;
}
