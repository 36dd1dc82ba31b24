/* What a model that was compiled to be profiled tells whoever watches. */
#include "internal.h"

void convopt_observe(void *context, int64_t launch, int done) {
  struct convopt_thread *thread = context;
  struct convopt_workspace *workspace = thread->workspace;
  if (workspace->observer)
    workspace->observer(workspace->observer_data, launch, done);
}

int convopt_watch(void *memory, convopt_observer observer, void *data) {
  struct convopt_workspace *workspace = convopt_initialised(memory);
  if (!workspace)
    return CONVOPT_BAD_ARGUMENT;
  workspace->observer = observer;
  workspace->observer_data = data;
  return CONVOPT_OK;
}
