/* Four threads that compile at once give what one gives: `threads MODEL.onnx`.
 * With a second argument all of them set options of one compiler, which is
 * against the rules: whoever watches for races must find one. */
#define _POSIX_C_SOURCE 200809L /* barriers */
#include "Client.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 2, AGAINST_THE_RULES = 2000 };

/* What is compiled, by a thread of each kind. */
static const char *const targets[THREADS] = {"x86-64", "aarch64", "x86-64",
                                             "aarch64"};
static const char *path;
static convopt_compiler *shared;
static pthread_barrier_t start;

struct job {
  int index, failed;
  convopt_compilation *expected[2]; /* the file's for the host; small_model's */
};

static int differs(const convopt_compilation *a, const convopt_compilation *b) {
  int result;
  for (result = CONVOPT_RESULT_MODEL; result <= CONVOPT_RESULT_REPORT;
       ++result) {
    size_t size_a = 0, size_b = 0;
    const void *bytes_a, *bytes_b;
    if (!a || !b)
      return 1;
    bytes_a = convopt_compilation_get(a, (enum convopt_result)result, &size_a);
    bytes_b = convopt_compilation_get(b, (enum convopt_result)result, &size_b);
    if (size_a != size_b || (size_a && memcmp(bytes_a, bytes_b, size_a) != 0))
      return 1;
  }
  return 0;
}

/* One compiler for all threads, and one for this thread. */
static void compile_both(int index, convopt_compilation *compiled[2]) {
  compiled[0] = convopt_compile_file(shared, path);
  compiled[1] = compile_small_model(targets[index]);
}

static void *work(void *argument) {
  struct job *job = argument;
  int round, i;
  for (round = 0; round < ROUNDS; ++round) {
    convopt_compilation *compiled[2];
    pthread_barrier_wait(&start);
    /* A mistake beside the others' work. */
    if (convopt_compile(shared, "bad.onnx", "not a model", 11, NULL))
      job->failed = 1;
    compile_both(job->index, compiled);
    for (i = 0; i < 2; ++i) {
      job->failed |= differs(compiled[i], job->expected[i]);
      convopt_compilation_destroy(compiled[i]);
    }
  }
  return NULL;
}

static void *set_options(void *argument) {
  int i;
  (void)argument;
  pthread_barrier_wait(&start);
  for (i = 0; i < AGAINST_THE_RULES; ++i)
    convopt_compiler_set_option(shared, "threads", "2");
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t threads[THREADS];
  struct job jobs[THREADS];
  int i, failed = 0;
  if (argc < 2 || pthread_barrier_init(&start, NULL, THREADS))
    return 2;
  path = argv[1];
  shared = convopt_compiler_create();
  if (!shared || convopt_compiler_set_option(shared, "explain", "json") ||
      convopt_compiler_set_option(shared, "weights", "external"))
    return 2;
  for (i = 0; i < THREADS; ++i) {
    jobs[i].index = i;
    jobs[i].failed = 0;
    if (argc == 2)
      compile_both(i, jobs[i].expected);
  }
  for (i = 0; i < THREADS; ++i)
    if (pthread_create(&threads[i], NULL, argc == 2 ? work : set_options,
                       &jobs[i]))
      return 2;
  for (i = 0; i < THREADS; ++i)
    pthread_join(threads[i], NULL);
  for (i = 0; i < THREADS && argc == 2; ++i) {
    failed |= jobs[i].failed;
    convopt_compilation_destroy(jobs[i].expected[0]);
    convopt_compilation_destroy(jobs[i].expected[1]);
  }
  convopt_compiler_destroy(shared);
  puts(failed ? "the bytes differ" : "the same bytes");
  return failed;
}
