// Two models in one program, each run again and again by a thread of its own,
// both at once, two workspaces of one of them at once as well. Every result
// must have the bits of the first, which is written for comparison: PROGRAM
// INPUT_A INPUT_B OUTPUT_A OUTPUT_B, each model with one input and one output
// of f32.
#include HEADER_A
#include HEADER_B
#include "tensors.h"
#include <pthread.h>

enum { Runs = 20 };

struct job {
  const struct convopt_model *model;
  const void *input;
  void *first, *result;
  const char *problem;
};

static void *work(void *argument) {
  struct job *job = argument;
  size_t size = bytes(&job->model->outputs[0]);
  void *workspace = new_workspace(job->model);
  if (job->model->init(workspace, NULL))
    return job->problem = "init failed", NULL;
  for (int i = 0; i < Runs && !job->problem; ++i) {
    void *output = i ? job->result : job->first;
    if (job->model->run(&job->input, &output, workspace))
      job->problem = "run failed";
    else if (i && memcmp(job->first, job->result, size))
      job->problem = "two runs differ";
  }
  job->model->fini(workspace);
  free(workspace);
  return NULL;
}

static struct job prepare(const struct convopt_model *model, const char *path) {
  size_t size = bytes(&model->outputs[0]);
  return (struct job){model, read_tensor(&model->inputs[0], path), malloc(size),
                      malloc(size), NULL};
}

int main(int argc, char **argv) {
  if (argc != 5)
    return 2;
  struct job jobs[3] = {prepare(&MODEL_A, argv[1]), prepare(&MODEL_B, argv[2]),
                        prepare(&MODEL_A, argv[1])};
  pthread_t threads[3];
  for (int i = 0; i < 3; ++i)
    if (pthread_create(&threads[i], NULL, work, &jobs[i]))
      return 2;
  for (int i = 0; i < 3; ++i)
    pthread_join(threads[i], NULL);
  for (int i = 0; i < 3; ++i)
    if (jobs[i].problem) {
      fprintf(stderr, "%s: %s\n", jobs[i].model->name, jobs[i].problem);
      return 1;
    }
  if (memcmp(jobs[0].first, jobs[2].first, bytes(&MODEL_A.outputs[0]))) {
    fprintf(stderr, "two workspaces differ\n");
    return 1;
  }
  for (int i = 0; i < 2; ++i)
    write_tensor(&jobs[i].model->outputs[0], jobs[i].first, argv[3 + i]);
  return 0;
}
