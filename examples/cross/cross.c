/* Classifies one image, whose elements are 0/64, 1/64, ... 63/64 and so on from
 * 0, and prints the ten probabilities. */
#include "classify.h"
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  static float image[3 * 48 * 48], scores[10];
  for (size_t i = 0; i < sizeof image / sizeof *image; ++i)
    image[i] = (float)(i % 64) / 64;

  void *workspace = aligned_alloc(64, classify_workspace_bytes);
  if (!workspace)
    return 1;
  int status = classify_init(workspace);
  if (status == CONVOPT_OK) {
    status = classify_run(image, scores, workspace);
    classify_fini(workspace);
  }
  free(workspace);
  if (status != CONVOPT_OK) {
    fprintf(stderr, "%s: status %d\n", classify_model.name, status);
    return 1;
  }

  printf("%s\n", classify_model.target);
  for (int i = 0; i < 10; ++i)
    printf("%.6f\n", scores[i]);
  return 0;
}
