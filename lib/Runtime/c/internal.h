#ifndef CONVOPT_RUNTIME_INTERNAL_H
#define CONVOPT_RUNTIME_INTERNAL_H

/* The runtime that is merged into every model: it allocates nothing, keeps
 * nothing outside of the caller's workspace, and calls nothing but libc and
 * libpthread. */
#include "functions.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

extern const struct convopt_plan convopt_plan
    __attribute__((visibility("hidden")));

struct convopt_workspace;

/* halide_malloc's stack of one thread, and the user_context of what runs on
 * it. Kernels hand it back to every function below. */
struct convopt_thread {
  struct convopt_workspace *workspace;
  char *begin, *top, *end;
  struct convopt_block *last; /* the uppermost block, freed or not */
  int64_t busy;               /* inside a parallel loop: run inner ones alone */
  pthread_t handle;

  /* Its part of the current loop that nobody has begun: the first iteration in
   * the lower half, the end in the upper, both counted from the loop's first.
   * The thread takes from the front, others from the end. */
  _Alignas(CONVOPT_ALIGNMENT) _Atomic uint64_t left;
};
_Static_assert(sizeof(struct convopt_thread) <= CONVOPT_THREAD_BYTES,
               "thread record");

struct convopt_workspace {
  uint64_t magic; /* set while initialised */
  const void *weights;
  char *tensors;
  struct convopt_thread *threads;       /* CONVOPT_THREAD_BYTES apart */
  int64_t thread_count;                 /* those that run, this one included */
  const struct convopt_tensor *outputs; /* of the size that ran last */
  convopt_observer observer;            /* may be null */
  void *observer_data;

  /* The current parallel loop. Written before `open` is set, read only by
   * workers that counted themselves in `users` and then saw it set. */
  convopt_task task;
  uint8_t *closure;
  int min;
  /* Apart from what waiting threads look at all the time. */
  _Alignas(CONVOPT_ALIGNMENT) _Atomic int result;
  _Atomic int open;
  _Atomic int users;

  /* Rises with every loop, with every run, and once more when the workers
   * shall end. */
  _Alignas(CONVOPT_ALIGNMENT) _Atomic uint64_t sequence;
  _Atomic int running; /* inside of run: the next loop is close */
  _Atomic int sleepers;
  _Atomic int stop;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
};
_Static_assert(sizeof(struct convopt_workspace) <= CONVOPT_HEADER_BYTES,
               "workspace header");

static inline struct convopt_thread *
convopt_thread_at(struct convopt_workspace *workspace, int64_t index) {
  return (struct convopt_thread *)((char *)workspace + CONVOPT_HEADER_BYTES +
                                   index * CONVOPT_THREAD_BYTES);
}

static inline int64_t convopt_thread_number(struct convopt_thread *thread) {
  char *first = (char *)convopt_thread_at(thread->workspace, 0);
  return ((char *)thread - first) / CONVOPT_THREAD_BYTES;
}

/* The workspace at `memory` between init and fini, else null. */
struct convopt_workspace *convopt_initialised(void *memory);
int convopt_cpu_suffices(void);
/* Starts thread_count - 1 workers; on failure none is left. */
int convopt_start_workers(struct convopt_workspace *workspace, int64_t count);
void convopt_stop_workers(struct convopt_workspace *workspace);
/* Around a run: wakes the workers, which then watch for loops until its end. */
void convopt_begin_run(struct convopt_workspace *workspace);
void convopt_end_run(struct convopt_workspace *workspace);

#endif /* CONVOPT_RUNTIME_INTERNAL_H */
