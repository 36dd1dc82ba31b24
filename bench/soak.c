/* A compiled network run by four threads, each with a workspace of its own, for
 * as long as is asked for: every result must have the bits of the first one,
 * and the process must not grow.
 *
 *   cc -DHEADER='"model.h"' -DMODEL=model_model soak.c model.o -lm -lpthread
 *   ./a.out FILE SECONDS     FILE: the inputs, one after another
 *
 * Now and then a thread ends its workspace and begins it anew, in other
 * memory's leavings. Prints the runs, and the kilobytes resident (VmRSS) after
 * the first runs of all threads and the most of them later. Status 3: other
 * bits; 1: anything else.
 */
#define _POSIX_C_SOURCE 200112L
#include HEADER
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THREADS = 4, TENSORS = 16, RUNS_OF_A_WORKSPACE = 50 };

static const struct convopt_model *const model = &MODEL;
static const void *inputs[TENSORS];
static void *expected[TENSORS];
static size_t sizes[TENSORS];
static atomic_int stop, status;

struct job {
  pthread_t thread;
  void *workspace, *outputs[TENSORS];
  atomic_long runs;
};

static void *allocate(size_t bytes) {
  void *memory;
  if (posix_memalign(&memory, 64, bytes + !bytes))
    exit(1);
  return memory;
}

static size_t bytes_of(const struct convopt_tensor *tensor) {
  const char *digits = tensor->type + strcspn(tensor->type, "0123456789");
  size_t bytes = *digits ? (size_t)atoi(digits) / 8 : 1; /* bool */
  for (int64_t d = 0; d < tensor->rank; ++d)
    bytes *= (size_t)tensor->dims[d];
  return bytes;
}

static int begin(void *workspace) {
  memset(workspace, 0xa5, (size_t)model->workspace_bytes);
  return model->init(workspace, NULL);
}

static void *work(void *argument) {
  struct job *job = argument;
  while (!stop) {
    int failed = model->run(inputs, job->outputs, job->workspace);
    for (int64_t i = 0; i < model->output_count && !failed; ++i) {
      failed = memcmp(job->outputs[i], expected[i], sizes[i]) ? 3 : 0;
      memset(job->outputs[i], 0, sizes[i]);
    }
    if (++job->runs % RUNS_OF_A_WORKSPACE == 0 && !failed) {
      model->fini(job->workspace);
      failed = begin(job->workspace);
    }
    if (failed) {
      status = failed == 3 ? 3 : 1;
      stop = 1;
    }
  }
  return NULL;
}

static long resident(void) {
  char line[256];
  long kilobytes = 0;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, "VmRSS:", 6))
      kilobytes = atol(line + 6);
  if (file)
    fclose(file);
  return kilobytes;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void nap(void) {
  struct timespec time = {0, 50 * 1000 * 1000};
  nanosleep(&time, NULL);
}

int main(int argc, char **argv) {
  static struct job jobs[THREADS];
  FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
  if (!file || model->input_count > TENSORS || model->output_count > TENSORS)
    return 1;
  for (int64_t i = 0; i < model->input_count; ++i) {
    size_t bytes = bytes_of(&model->inputs[i]);
    void *memory = allocate(bytes);
    if (fread(memory, 1, bytes, file) != bytes)
      return 1;
    inputs[i] = memory;
  }
  fclose(file);
  for (int64_t i = 0; i < model->output_count; ++i) {
    sizes[i] = bytes_of(&model->outputs[i]);
    expected[i] = allocate(sizes[i]);
  }
  for (int t = 0; t < THREADS; ++t) {
    jobs[t].workspace = allocate((size_t)model->workspace_bytes);
    for (int64_t i = 0; i < model->output_count; ++i)
      jobs[t].outputs[i] = allocate(sizes[i]);
    if (begin(jobs[t].workspace))
      return 1;
  }
  if (model->run(inputs, expected, jobs[0].workspace))
    return 1;

  double end = now() + atof(argv[2]);
  for (int t = 0; t < THREADS; ++t)
    if (pthread_create(&jobs[t].thread, NULL, work, &jobs[t]))
      return 1;
  /* What a thread has of its own is there after a few runs. */
  for (int t = 0; t < THREADS; ++t)
    while (jobs[t].runs < 3 && !stop)
      nap();
  long first = resident(), most = first, runs = 0;
  while (now() < end && !stop) {
    nap();
    long kilobytes = resident();
    most = kilobytes > most ? kilobytes : most;
  }
  stop = 1;
  for (int t = 0; t < THREADS; ++t) {
    pthread_join(jobs[t].thread, NULL);
    runs += jobs[t].runs;
    model->fini(jobs[t].workspace);
  }
  printf("%ld %ld %ld\n", runs, first, most);
  return status;
}
