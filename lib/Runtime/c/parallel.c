/* halide_do_par_for on the workspace's own workers.
 *
 * The thread that calls takes part. Each thread begins with a part of the
 * iterations that is its own, the same part of every loop, so that a kernel
 * finds in a core's caches what the kernel before left there. Who is done takes
 * from what the others have not begun. Between the loops of one run a worker
 * spins, since the next loop is usually microseconds away: to wake it would
 * cost more than most loops take. After the run, or if nothing comes for long,
 * it sleeps, so that a workspace that is not running costs nothing. A worker
 * that is late for a loop is not waited for: the caller waits only for those
 * inside it. */
#include "internal.h"

enum { SPINS = 200000 }; /* a few milliseconds */

static inline void pause_cpu(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");
#endif
}

static const uint64_t one_off_end = UINT64_C(1) << 32;

/* Takes an iteration of what `thread` has left; -1 if there is none. */
static int64_t take(struct convopt_thread *thread, int from_end) {
  uint64_t left = atomic_load(&thread->left);
  for (;;) {
    uint32_t first = (uint32_t)left, end = (uint32_t)(left >> 32);
    if (first >= end)
      return -1;
    uint64_t less = from_end ? left - one_off_end : left + 1;
    if (atomic_compare_exchange_weak(&thread->left, &left, less))
      return from_end ? end - 1 : first;
  }
}

/* Runs what `owner` has left, whoever runs it. */
static void finish(struct convopt_workspace *workspace,
                   struct convopt_thread *thread,
                   struct convopt_thread *owner) {
  int64_t index;
  while ((index = take(owner, owner != thread)) >= 0) {
    int result = workspace->task(thread, workspace->min + (int)index,
                                 workspace->closure);
    if (!result)
      continue;
    atomic_store(&workspace->result, result);
    for (int64_t i = 0; i < workspace->thread_count; ++i)
      atomic_store(&convopt_thread_at(workspace, i)->left, 0);
  }
}

static void take_part(struct convopt_workspace *workspace,
                      struct convopt_thread *thread) {
  int64_t count = workspace->thread_count;
  int64_t self = convopt_thread_number(thread);
  thread->busy = 1;
  for (int64_t i = 0; i < count; ++i)
    finish(workspace, thread, convopt_thread_at(workspace, (self + i) % count));
  thread->busy = 0;
}

static uint64_t wait_for_loop(struct convopt_workspace *workspace,
                              uint64_t seen) {
  for (int i = 0; i < SPINS && atomic_load(&workspace->running); ++i) {
    uint64_t sequence = atomic_load(&workspace->sequence);
    if (sequence != seen)
      return sequence;
    pause_cpu();
  }
  pthread_mutex_lock(&workspace->mutex);
  atomic_fetch_add(&workspace->sleepers, 1);
  while (atomic_load(&workspace->sequence) == seen)
    pthread_cond_wait(&workspace->wake, &workspace->mutex);
  atomic_fetch_sub(&workspace->sleepers, 1);
  pthread_mutex_unlock(&workspace->mutex);
  return atomic_load(&workspace->sequence);
}

static void *work(void *argument) {
  struct convopt_thread *thread = argument;
  struct convopt_workspace *workspace = thread->workspace;
  uint64_t seen = 0;
  for (;;) {
    seen = wait_for_loop(workspace, seen);
    if (atomic_load(&workspace->stop))
      return 0;
    /* Counted in before looking whether the loop is still open; the caller
     * closes it before looking whether anyone is counted in. */
    atomic_fetch_add(&workspace->users, 1);
    if (atomic_load(&workspace->open))
      take_part(workspace, thread);
    atomic_fetch_sub(&workspace->users, 1);
  }
}

/* Every worker notices: it either sees the new number or is counted as a
 * sleeper, and then it holds no lock between that and its sleep. */
static void announce(struct convopt_workspace *workspace) {
  atomic_fetch_add(&workspace->sequence, 1);
  if (atomic_load(&workspace->sleepers)) {
    pthread_mutex_lock(&workspace->mutex);
    pthread_cond_broadcast(&workspace->wake);
    pthread_mutex_unlock(&workspace->mutex);
  }
}

int halide_do_par_for(void *context, convopt_task task, int min, int size,
                      uint8_t *closure) {
  struct convopt_thread *thread = context;
  struct convopt_workspace *workspace = thread->workspace;
  if (thread->busy || workspace->thread_count == 1 || size <= 1) {
    for (int i = 0; i < size; ++i) {
      int result = task(context, min + i, closure);
      if (result)
        return result;
    }
    return 0;
  }
  workspace->task = task;
  workspace->closure = closure;
  workspace->min = min;
  for (int64_t i = 0; i < workspace->thread_count; ++i) {
    uint64_t first = (uint64_t)(size * i / workspace->thread_count);
    uint64_t end = (uint64_t)(size * (i + 1) / workspace->thread_count);
    atomic_store(&convopt_thread_at(workspace, i)->left, end << 32 | first);
  }
  atomic_store(&workspace->result, 0);
  atomic_store(&workspace->open, 1);
  announce(workspace);
  take_part(workspace, thread);
  atomic_store(&workspace->open, 0);
  while (atomic_load(&workspace->users))
    pause_cpu();
  return atomic_load(&workspace->result);
}

void convopt_begin_run(struct convopt_workspace *workspace) {
  if (workspace->thread_count == 1)
    return;
  atomic_store(&workspace->running, 1);
  announce(workspace);
}

void convopt_end_run(struct convopt_workspace *workspace) {
  atomic_store(&workspace->running, 0);
}

int convopt_start_workers(struct convopt_workspace *workspace, int64_t count) {
  workspace->thread_count = 1;
  if (count == 1)
    return 1;
  if (pthread_mutex_init(&workspace->mutex, 0))
    return 0;
  if (pthread_cond_init(&workspace->wake, 0)) {
    pthread_mutex_destroy(&workspace->mutex);
    return 0;
  }
  while (workspace->thread_count < count) {
    struct convopt_thread *thread =
        convopt_thread_at(workspace, workspace->thread_count);
    if (pthread_create(&thread->handle, 0, work, thread)) {
      convopt_stop_workers(workspace);
      return 0;
    }
    ++workspace->thread_count;
  }
  return 1;
}

void convopt_stop_workers(struct convopt_workspace *workspace) {
  if (convopt_plan.threads == 1)
    return;
  atomic_store(&workspace->stop, 1);
  announce(workspace);
  for (int64_t i = 1; i < workspace->thread_count; ++i)
    pthread_join(convopt_thread_at(workspace, i)->handle, 0);
  workspace->thread_count = 1;
  pthread_cond_destroy(&workspace->wake);
  pthread_mutex_destroy(&workspace->mutex);
}
