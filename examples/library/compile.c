/* Compiles a model in memory, loads what comes out, and runs it once:
 *
 *   compile MODEL.onnx [OPTION[=VALUE]...]
 *
 * Options are those of convopt-compile, without dashes. The input is ones; the
 * first values of the first output are printed. The model is loaded from a file
 * that exists in memory only.
 */
#define _GNU_SOURCE /* memfd_create */
#include "convopt-c/Compile.h"
#include "convopt-c/model.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void print_diagnostic(enum convopt_severity severity,
                             const char *message, const char *location,
                             void *program) {
  fprintf(stderr, "%s: %s: %s%s%s\n", (const char *)program,
          severity == CONVOPT_SEVERITY_ERROR ? "error" : "note", location,
          *location ? ": " : "", message);
}

/* OPTION or OPTION=VALUE. */
static int set_option(convopt_compiler *compiler, char *option) {
  char *value = strchr(option, '=');
  if (value)
    *value++ = '\0';
  return convopt_compiler_set_option(compiler, option, value);
}

/* The model in a shared library that is `size` bytes at `data`, or NULL. */
static const struct convopt_model *load(const void *data, size_t size) {
  const int file = memfd_create("model", 0);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  if (file < 0 || write(file, data, size) != (ssize_t)size)
    return NULL;
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  close(file);
  return library ? dlsym(library, "net_model") : NULL;
}

static int is_float(const struct convopt_tensor *tensor) {
  return strcmp(tensor->type, "f32") == 0;
}

static size_t count(const struct convopt_tensor *tensor) {
  size_t elements = 1;
  for (int64_t i = 0; i < tensor->rank; ++i)
    elements *= (size_t)tensor->dims[i];
  return elements;
}

static size_t round_up(size_t bytes) { return (bytes + 63) / 64 * 64; }

/* Runs a model of one input and one output of f32. */
static int run(const struct convopt_model *model) {
  if (model->input_count != 1 || model->output_count != 1 ||
      !is_float(&model->inputs[0]) || !is_float(&model->outputs[0])) {
    fprintf(stderr, "this example runs models of one f32 input and output\n");
    return 1;
  }
  const size_t in = count(&model->inputs[0]), out = count(&model->outputs[0]);
  float *input = malloc(in * sizeof(float));
  float *output = malloc(out * sizeof(float));
  void *workspace = aligned_alloc(64, round_up((size_t)model->workspace_bytes));
  int status = !input || !output || !workspace;
  for (size_t i = 0; !status && i < in; ++i)
    input[i] = 1;
  if (!status && !(status = model->init(workspace, NULL))) {
    const void *inputs[] = {input};
    void *outputs[] = {output};
    status = model->run(inputs, outputs, workspace);
    model->fini(workspace);
  }
  for (size_t i = 0; !status && i < out && i < 10; ++i)
    printf("%g\n", output[i]);
  free(workspace);
  free(output);
  free(input);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s MODEL.onnx [OPTION[=VALUE]...]\n", argv[0]);
    return 1;
  }
  convopt_compiler *compiler = convopt_compiler_create();
  convopt_compilation *compilation = NULL;
  int status = !compiler;
  if (!status) {
    convopt_compiler_set_handler(compiler, print_diagnostic, argv[0]);
    status = convopt_compiler_set_option(compiler, "emit", "shared") ||
             convopt_compiler_set_option(compiler, "name", "net");
  }
  for (int i = 2; !status && i < argc; ++i)
    status = set_option(compiler, argv[i]);
  if (!status) {
    compilation = convopt_compile_file(compiler, argv[1]);
    status = !compilation;
  }
  if (!status) {
    size_t size;
    const void *library =
        convopt_compilation_get(compilation, CONVOPT_RESULT_MODEL, &size);
    const struct convopt_model *model = load(library, size);
    if (model) {
      printf("%s for %s: %zu bytes\n", model->name, model->target, size);
      status = run(model);
    } else {
      fprintf(stderr, "%s: the model cannot be loaded here\n", argv[0]);
      status = 1;
    }
  }
  convopt_compilation_destroy(compilation);
  convopt_compiler_destroy(compiler);
  return status;
}
