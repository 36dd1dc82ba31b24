/* halide_malloc and halide_free on a thread's part of the workspace.
 *
 * Allocations nest like Halide's scopes, so a stack suffices. Halide may free
 * a block before one that was allocated after it (it frees after the last
 * use); such a block is marked and goes when it is the uppermost. The stack
 * therefore never outgrows the sum of the allocations whose scopes are open. */
#include "internal.h"
#include <stddef.h>

struct convopt_block {
  struct convopt_block *below;
  int64_t freed;
  char padding[CONVOPT_ALIGNMENT - sizeof(void *) - sizeof(int64_t)];
};
_Static_assert(sizeof(struct convopt_block) == CONVOPT_ALIGNMENT,
               "keeps the data after it aligned");

void *halide_malloc(void *context, size_t bytes) {
  struct convopt_thread *thread = context;
  size_t room = (size_t)(thread->end - thread->top);
  if (room < sizeof(struct convopt_block))
    return NULL;
  room -= sizeof(struct convopt_block);
  if (bytes > room)
    return NULL;
  bytes = (bytes + CONVOPT_ALIGNMENT - 1) & ~(size_t)(CONVOPT_ALIGNMENT - 1);
  if (bytes > room)
    return NULL;
  struct convopt_block *block = (struct convopt_block *)thread->top;
  block->below = thread->last;
  block->freed = 0;
  thread->last = block;
  thread->top = (char *)(block + 1) + bytes;
  return block + 1;
}

void halide_free(void *context, void *pointer) {
  struct convopt_thread *thread = context;
  if (!pointer)
    return;
  ((struct convopt_block *)pointer - 1)->freed = 1;
  while (thread->last && thread->last->freed) {
    thread->top = (char *)thread->last;
    thread->last = thread->last->below;
  }
}
