/* Uses the model `net` as programs do, in the two ways to allocate a workspace
 * and to initialise it. */
#include "net.h"
#include <stdio.h>
#include <stdlib.h>

static float x[4 * 1000], y[4 * 1000];

static void *allocate(size_t bytes) {
  return aligned_alloc(64, (bytes + 63) / 64 * 64);
}

int main(void) {
  void *own = allocate(net_workspace_bytes);
  int own_init = net_init(own), own_run = net_run(x, y, own);
  void *theirs = allocate((size_t)net_model.workspace_bytes);
  int their_init = net_model.init(theirs, NULL);
  int their_run = net_run(x, y, theirs);
  printf("matches %d: init %d, run %d, by the descriptor's init %d, run %d\n",
         net_matches(), own_init, own_run, their_init, their_run);
  if (!own_init)
    net_fini(own);
  net_fini(theirs);
  free(own);
  free(theirs);
  return 0;
}
