/* What a parallel loop costs in the runtime that is part of every model, with
 * tasks that do nothing. One line a figure: name, number, unit. Compiled and
 * run by threads.py with POOL_THREADS threads. */
#include "internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LOOPS = 2000 };

static double clock_us(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1e6 + time.tv_nsec * 1e-3;
}

static void work_for(double microseconds) {
  double end = clock_us(CLOCK_MONOTONIC) + microseconds;
  while (clock_us(CLOCK_MONOTONIC) < end)
    ;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double task_us;

static int task(void *context, int index, uint8_t *closure) {
  (void)context, (void)index, (void)closure;
  if (task_us > 0)
    work_for(task_us);
  return 0;
}

/* Prints how much longer a loop of a task for each thread takes than one task:
 * the median, and what nine of ten stay below. */
static void measure(void *context, const char *name, double gap, double each) {
  static double times[LOOPS];
  task_us = each;
  for (int i = 0; i < LOOPS; ++i) {
    work_for(gap);
    double begin = clock_us(CLOCK_MONOTONIC);
    halide_do_par_for(context, task, 0, (int)convopt_plan.threads, 0);
    times[i] = clock_us(CLOCK_MONOTONIC) - begin - each;
  }
  qsort(times, LOOPS, sizeof *times, compare);
  printf("%s, median %.2f us\n", name, times[LOOPS / 2]);
  printf("%s, 90 of 100 %.2f us\n", name, times[LOOPS * 9 / 10]);
}

static int model(const void *const *inputs, void *const *outputs, void *tensors,
                 const void *weights, void *context) {
  (void)inputs, (void)outputs, (void)tensors, (void)weights;
  measure(context, "empty tasks, one loop after the other", 0, 0);
  measure(context, "tasks of 10 us, one loop after the other", 0, 10);
  measure(context, "tasks of 10 us after 20 us of one thread", 20, 10);
  measure(context, "tasks of 10 us after 500 us of one thread", 500, 10);
  return 0;
}

static const char weights[CONVOPT_ALIGNMENT] = {0};
const struct convopt_plan convopt_plan = {
    .threads = POOL_THREADS, .weights = weights, .main = model};

int main(void) {
  void *workspace = aligned_alloc(CONVOPT_ALIGNMENT, 1 << 20);
  if (!workspace || convopt_init(workspace, 0) || convopt_run(0, 0, workspace))
    return 1;
  const struct timespec idle = {0, 200000000};
  nanosleep(&(struct timespec){0, 10000000}, 0);
  double before = clock_us(CLOCK_PROCESS_CPUTIME_ID);
  nanosleep(&idle, 0);
  double used = clock_us(CLOCK_PROCESS_CPUTIME_ID) - before;
  printf("CPU time in 200 ms between runs %.0f us\n", used);
  convopt_fini(workspace);
  free(workspace);
  return 0;
}
