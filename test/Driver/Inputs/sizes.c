/* Runs an object for the sizes 1x3x8x8 and 2x3x8x16, and is refused others. */
#include "net.h"
#include <stdio.h>
#include <stdlib.h>

static float image[2 * 3 * 8 * 16], scale[16], small[16 * 8 * 8],
    large[2 * 16 * 8 * 16];

int main(void) {
  const int64_t one[] = {1, 3, 8, 8}, two[] = {2, 3, 8, 16};
  const int64_t narrow[] = {1, 1, 1, 8}, wide[] = {1, 1, 1, 16};
  const void *inputs[] = {image, scale};
  void *outputs[] = {large};
  const struct convopt_size *size;
  size_t bytes = (net_workspace_bytes + 63) / 64 * 64, i;
  void *workspace = aligned_alloc(64, bytes);
  for (i = 0; i < sizeof image / sizeof *image; ++i)
    image[i] = (float)(i % 7) - 3;
  for (i = 0; i < 16; ++i)
    scale[i] = 1;
  printf("sizes %d, batch %d, rank %d\n", (int)net_sizes.count,
         (int)net_model.inputs[0].dims[0], (int)net_model.outputs[0].rank);
  size = net_size(two, wide);
  printf("found %d, output %dx%dx%dx%d\n", size == &net_sizes.sizes[1],
         (int)size->outputs[0].dims[0], (int)size->outputs[0].dims[1],
         (int)size->outputs[0].dims[2], (int)size->outputs[0].dims[3]);
  printf("mixed %d\n", net_size(one, wide) != NULL);
  printf("before init %d, ",
         net_run(image, one, scale, narrow, small, workspace));
  printf("init %d, ", net_init(workspace));
  printf("first %d, ", net_run(image, one, scale, narrow, small, workspace));
  printf("second %d\n", net_run(image, two, scale, wide, large, workspace));
  printf("mixed %d, ", net_run(image, one, scale, wide, large, workspace));
  printf("transposed %d, ", net_run(image, wide, scale, two, large, workspace));
  printf("no dims %d, ", net_run(image, NULL, scale, wide, large, workspace));
  printf("no image %d, ", net_run(NULL, two, scale, wide, large, workspace));
  printf("no table %d, ", net_sizes.run(inputs, NULL, outputs, workspace));
  printf("without dims %d\n", net_model.run(inputs, outputs, workspace));
  for (i = 0; i < 16 && small[i * 64] == 0; ++i)
    ;
  printf("computed %d\n", i < 16);
  net_fini(workspace);
  printf("after fini %d\n",
         net_run(image, one, scale, narrow, small, workspace));
  free(workspace);
  return 0;
}
