/* Measures the kernels of a batch, one after the other:
 *
 *   BATCH [--kernels=2,0,1] [--core=N] [--seconds=S] [--timeout=S] [--system]
 *         [--values=FOLDER]
 *
 * and prints, each line at once, "pages 2M" or "pages 4K", the reference's
 * times before and after, and for each kernel "kernel INDEX SECONDS" or "error
 * INDEX TEXT", after which it ends if the kernel has crashed or taken too long:
 * the caller goes on with the others. With --values it measures nothing, see
 * values.c. */
#define _GNU_SOURCE
#include "runner.h"
#include "functions.h"
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of the runtime; the batch defines it. */
extern const struct convopt_plan convopt_plan;

enum { ALIGNMENT = 64, MOST_KERNELS = 4096 };

static int64_t chosen[MOST_KERNELS];
static size_t chosen_count;
static double budget = 0.1;
static unsigned timeout = 20;
static const char *values;
static char *activations, *weights;
static size_t weights_bytes;
static volatile int64_t current = -1;

static size_t aligned(int64_t bytes) {
  return ((size_t)bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* One kernel with its buffers, and where its next run finds its weights. */
struct runs {
  const struct profile_kernel *kernel;
  void *context;
  struct halide_buffer_t buffers[PROFILE_MOST_BUFFERS];
  size_t set, set_count, set_bytes;
  int result;
};

static void run_once(void *argument) {
  struct runs *runs = argument;
  if (runs->set_count) {
    runs->buffers[runs->kernel->weights].host =
        weights + runs->set * runs->set_bytes;
    runs->set = (runs->set + 1) % runs->set_count;
  }
  runs->result |= runs->kernel->run(runs->context, runs->buffers);
}

/* In a network all other layers' weights have passed through L2 since a layer's
 * last run, and of those that it shares L3 with more or less all are still
 * there. So each run reads other weights, out of as many as L3 keeps, or out of
 * so many that all come from memory, as a large network's do. */
static size_t sets_of(int64_t bytes) {
  size_t rotation = (size_t)profile_batch.rotation_bytes;
  size_t count = rotation / aligned(bytes);
  if (count >= 2)
    return count;
  return aligned(bytes) > 4 * rotation ? 1 : 2;
}

static size_t activation_bytes(const struct profile_kernel *kernel) {
  size_t bytes = 0;
  for (int64_t i = 0; i < kernel->buffer_count; ++i)
    if (i != kernel->weights)
      bytes += aligned(kernel->bytes[i]);
  return bytes;
}

static void measure(int64_t index, void *context) {
  struct runs runs = {.kernel = &profile_batch.kernels[index],
                      .context = context};
  char *next = activations;
  profile_fill(activations, activation_bytes(runs.kernel));
  for (int64_t i = 0; i < runs.kernel->buffer_count; ++i) {
    runs.buffers[i].host = next;
    if (i != runs.kernel->weights)
      next += aligned(runs.kernel->bytes[i]);
  }
  if (runs.kernel->weights >= 0) {
    int64_t bytes = runs.kernel->bytes[runs.kernel->weights];
    runs.set_bytes = aligned(bytes);
    runs.set_count = sets_of(bytes);
  }
  current = index;
  alarm(timeout);
  double seconds =
      profile_seconds(run_once, &runs, (int)convopt_plan.threads, budget);
  alarm(0);
  current = -1;
  if (runs.result)
    printf("error %lld returned %d\n", (long long)index, runs.result);
  else
    printf("kernel %lld %.4e\n", (long long)index, seconds);
}

static void compute(int64_t index, void *context) {
  current = index;
  alarm(timeout);
  const char *why = profile_compute(values, index, context);
  alarm(0);
  current = -1;
  if (why)
    printf("error %lld %s\n", (long long)index, why);
}

int profile_measure(const void *const *inputs, void *const *outputs,
                    void *tensors, const void *unused, void *context) {
  (void)inputs, (void)outputs, (void)tensors, (void)unused;
  for (size_t i = 0; i < chosen_count; ++i)
    (values ? compute : measure)(chosen[i], context);
  return 0;
}

/* Says in a handler, where printf must not be called, what became of a kernel.
 */
static void give_up(int signal) {
  if (current >= 0) {
    char line[80] = "error ", digits[24];
    int64_t rest = current;
    size_t length = 0, at = strlen(line);
    do
      digits[length++] = (char)('0' + rest % 10);
    while (rest /= 10);
    while (length)
      line[at++] = digits[--length];
    const char *why = signal == SIGALRM ? " took too long\n" : " crashed\n";
    memcpy(line + at, why, strlen(why));
    if (write(STDOUT_FILENO, line, at + strlen(why)) < 0)
      _exit(2);
  }
  _exit(1);
}

static void catch_signals(void) {
  static char stack[1 << 16];
  stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&other, NULL);
  struct sigaction action = {.sa_handler = give_up, .sa_flags = SA_ONSTACK};
  const int signals[] = {SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; ++i)
    sigaction(signals[i], &action, NULL);
}

static int fail(const char *text) {
  printf("failure %s\n", text);
  return 1;
}

static int stay_on(int core, int threads) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < threads; ++i)
    CPU_SET((size_t)(core + i), &set);
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

/* "2,0,1"; false if it has anything else than kernels of this batch. */
static int parse_kernels(const char *text) {
  for (chosen_count = 0; *text && chosen_count < MOST_KERNELS;) {
    char *end;
    long index = strtol(text, &end, 10);
    if (end == text || index < 0 || index >= profile_batch.kernel_count)
      return 0;
    chosen[chosen_count++] = index;
    text = end + (*end == ',');
  }
  return !*text;
}

static const char *value_of(const char *argument, const char *option) {
  size_t length = strlen(option);
  return strncmp(argument, option, length) == 0 ? argument + length : NULL;
}

static int make_memory(void) {
  size_t most = 0;
  for (size_t i = 0; i < chosen_count; ++i) {
    const struct profile_kernel *kernel = &profile_batch.kernels[chosen[i]];
    size_t bytes = activation_bytes(kernel);
    if (bytes > most)
      most = bytes;
    if (kernel->weights < 0)
      continue;
    int64_t set = kernel->bytes[kernel->weights];
    bytes = aligned(set) * sets_of(set);
    if (bytes > weights_bytes)
      weights_bytes = bytes;
  }
  activations = profile_memory(most);
  weights = profile_batch.small_pages ? profile_small_pages(weights_bytes)
                                      : profile_memory(weights_bytes);
  if (!activations || !weights)
    return 0;
  profile_fill_weights(weights, weights_bytes);
  return 1;
}

int main(int argc, char **argv) {
  int core = -1, system = 0;
  for (int64_t i = 0; i < profile_batch.kernel_count && i < MOST_KERNELS; ++i)
    chosen[chosen_count++] = i;
  for (int i = 1; i < argc; ++i) {
    const char *value;
    if (strcmp(argv[i], "--system") == 0)
      system = 1;
    else if ((value = value_of(argv[i], "--core=")))
      core = atoi(value);
    else if ((value = value_of(argv[i], "--seconds=")))
      budget = atof(value);
    else if ((value = value_of(argv[i], "--timeout=")))
      timeout = (unsigned)atoi(value);
    else if ((value = value_of(argv[i], "--values=")))
      values = value;
    else if (!(value = value_of(argv[i], "--kernels=")) ||
             !parse_kernels(value))
      return fail("unknown option");
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  int threads = (int)convopt_plan.threads;
  if (core >= 0 && !stay_on(core, threads))
    return fail("cannot run on the core asked for");
  catch_signals();
  if (system)
    profile_print_system();

  size_t bytes =
      CONVOPT_HEADER_BYTES +
      (size_t)(threads * CONVOPT_THREAD_BYTES + convopt_plan.scratch_bytes +
               threads * convopt_plan.thread_scratch_bytes);
  void *workspace = profile_memory(bytes);
  if (!workspace || !make_memory())
    return fail("not enough memory");
  int result = convopt_init(workspace, workspace);
  if (result)
    return fail(result == CONVOPT_WRONG_CPU
                    ? "this CPU lacks what the kernels were compiled for"
                    : "cannot start the threads");
  if (!values)
    profile_print_reference();
  printf("pages %s\n", profile_has_large_pages() ? "2M" : "4K");
  convopt_run(NULL, NULL, workspace);
  if (chosen_count && !values)
    profile_print_reference();
  convopt_fini(workspace);
  return 0;
}
