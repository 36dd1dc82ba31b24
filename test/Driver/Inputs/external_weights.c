/* main FILE: what the functions of second.h return with those weights. */
#define _POSIX_C_SOURCE 200809L
#include "second.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static float image[3 * 16 * 16], result[1 << 20];

int main(int argc, char **argv) {
  int file = argc == 2 ? open(argv[1], O_RDONLY) : -1;
  void *weights =
      mmap(NULL, second_weights_bytes, PROT_READ, MAP_PRIVATE, file, 0);
  void *workspace = aligned_alloc(64, second_workspace_bytes);
  if (weights == MAP_FAILED || !workspace)
    return 1;
  int without = second_init(workspace, NULL);
  int with = second_init(workspace, weights);
  printf("init %d, without weights %d, ", with, without);
  printf("run %d\n", second_run(image, result, workspace));
  second_fini(workspace);
  return 0;
}
