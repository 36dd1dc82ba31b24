// Two models in one program, each run again and again by a thread of its own,
// both at once, two workspaces of one of them at once as well. Every result
// must have the bits of the first, which is written for comparison: PROGRAM
// INPUT_A INPUT_B OUTPUT_A OUTPUT_B, each model with one input and one output
// of f32.
#include HEADER_A
#include HEADER_B
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Runs = 20 };

struct job {
  const struct convopt_model *model;
  const void *input;
  void *first, *result;
  const char *problem;
};

static size_t bytes(const struct convopt_tensor *tensor) {
  size_t size = sizeof(float);
  for (int64_t i = 0; i < tensor->rank; ++i)
    size *= (size_t)tensor->dims[i];
  return size;
}

static void *work(void *argument) {
  struct job *job = argument;
  size_t size = bytes(&job->model->outputs[0]);
  void *workspace =
      aligned_alloc(64, (size_t)(job->model->workspace_bytes + 63) / 64 * 64);
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
  struct job job = {model, NULL, NULL, NULL, NULL};
  size_t size = bytes(&model->inputs[0]);
  void *data = malloc(size);
  FILE *file = fopen(path, "rb");
  if (!file || fread(data, 1, size, file) != size)
    exit(2);
  fclose(file);
  job.input = data;
  job.first = malloc(bytes(&model->outputs[0]));
  job.result = malloc(bytes(&model->outputs[0]));
  return job;
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
  for (int i = 0; i < 2; ++i) {
    FILE *file = fopen(argv[3 + i], "wb");
    size_t size = bytes(&jobs[i].model->outputs[0]);
    if (!file || fwrite(jobs[i].first, 1, size, file) != size || fclose(file))
      return 2;
  }
  return 0;
}
