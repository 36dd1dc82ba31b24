/* How long a run takes when nothing disturbs it. One thread is timed by the
 * time that it had a core, since others may be at work there; several by the
 * wall, since one may wait for another. Clocks are system calls, so short runs
 * are taken together. A virtual machine guesses the time that was stolen from
 * it, now and then too much: the very least would be one of those, so the tenth
 * part of the runs that were fastest ends at what counts. */
#define _GNU_SOURCE
#include "runner.h"
#include <stdlib.h>
#include <time.h>

enum { MOST_TIMES = 2000, FEWEST_TIMES = 3 };

static double now(int threads) {
  struct timespec time;
  clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC,
                &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double seconds_of(void (*call)(void *), void *argument, int threads,
                         int together) {
  double start = now(threads);
  for (int i = 0; i < together; ++i)
    call(argument);
  return (now(threads) - start) / together;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

double profile_seconds(void (*call)(void *), void *argument, int threads,
                       double budget) {
  static double times[MOST_TIMES];
  seconds_of(call, argument, threads, 1);
  double first = seconds_of(call, argument, threads, 1);
  int together = first < 3e-8 ? 1000 : (int)(3e-5 / first);
  if (together < 1)
    together = 1;
  size_t count = 0;
  double spent = 0;
  while (count < FEWEST_TIMES || (spent < budget && count < MOST_TIMES)) {
    times[count] = seconds_of(call, argument, threads, together);
    spent += times[count++] * together;
  }
  qsort(times, count, sizeof *times, compare);
  return times[count / 10];
}
