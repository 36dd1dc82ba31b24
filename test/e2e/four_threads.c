// The model MODEL of the header HEADER run again and again by four threads at
// once: PROGRAM INPUT OUTPUT own|shared. Each has a workspace of its own, or,
// against the rules, all have the same. Every run begins at one moment in all
// threads, and those against the rules are many, lest a busy machine runs one
// after the other: whoever watches for races ends the program at the first.
// The model has one input and one output of f32; the first thread's result is
// written, the others must have its bits.
#define _POSIX_C_SOURCE 200809L /* barriers */
#include HEADER
#include "tensors.h"
#include <pthread.h>

enum { Threads = 4, OwnRuns = 5, SharedRuns = 2000 };

static const struct convopt_model *const model = &MODEL;
static const void *input;
static pthread_barrier_t start;

struct job {
  void *workspace, *output;
  int runs, status;
};

static void *work(void *argument) {
  struct job *job = argument;
  for (int i = 0; i < job->runs; ++i) {
    pthread_barrier_wait(&start);
    if (!job->status)
      job->status = model->run(&input, &job->output, job->workspace);
  }
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 4)
    return 2;
  int shared = !strcmp(argv[3], "shared");
  input = read_tensor(&model->inputs[0], argv[1]);
  size_t size = bytes(&model->outputs[0]);
  if (pthread_barrier_init(&start, NULL, Threads))
    return 2;
  struct job jobs[Threads];
  pthread_t threads[Threads];
  for (int i = 0; i < Threads; ++i) {
    jobs[i] =
        (struct job){NULL, malloc(size), shared ? SharedRuns : OwnRuns, 0};
    jobs[i].workspace = jobs[0].workspace;
    if (i && shared)
      continue;
    jobs[i].workspace = new_workspace(model);
    if (model->init(jobs[i].workspace, NULL))
      return 3;
  }
  for (int i = 0; i < Threads; ++i)
    if (pthread_create(&threads[i], NULL, work, &jobs[i]))
      return 2;
  for (int i = 0; i < Threads; ++i)
    pthread_join(threads[i], NULL);
  for (int i = 0; i < Threads; ++i)
    if (jobs[i].status || memcmp(jobs[0].output, jobs[i].output, size))
      return 4;
  for (int i = 0; i < (shared ? 1 : Threads); ++i)
    model->fini(jobs[i].workspace);
  write_tensor(&model->outputs[0], jobs[0].output, argv[2]);
  return 0;
}
