/* Compiles models inside a program: from memory to memory, by a call of
 * libconvopt-c.
 *
 *   convopt_compiler *compiler = convopt_compiler_create();
 *   convopt_compiler_set_option(compiler, "target", "aarch64");
 *   convopt_compilation *compilation =
 *       convopt_compile(compiler, "net.onnx", bytes, size, NULL);
 *   if (compilation) {
 *     size_t object_size;
 *     const void *object = convopt_compilation_get(
 *         compilation, CONVOPT_RESULT_MODEL, &object_size);
 *     ...
 *   }
 *   convopt_compilation_destroy(compilation);
 *   convopt_compiler_destroy(compiler);
 *
 * Errors: a function that fails returns NULL or a status that is not 0, after
 * it has said why in one message of severity CONVOPT_SEVERITY_ERROR. Nothing is
 * printed, nothing ends the program, no exception leaves a function, and a
 * failure leaves everything as it was: go on with the next model. Where the
 * program has no memory left, it ends, as LLVM wants it.
 *
 * Threads: any number of threads may compile at once, with one compiler or with
 * several; the bytes do not depend on it. While a thread sets an option or the
 * handler of a compiler, no other may use that compiler. A compilation may be
 * read by several threads at once.
 *
 * Processes: machine code of kernels is made by a child process, the program
 * convopt-compile, which must be in the library's own folder or in ../bin as
 * seen from there. It is started by posix_spawn, gets no descriptors, blocked
 * signals or handlers of this program, and is waited for before the function
 * returns. No signal's action is changed.
 *
 * The types below are opaque, and what is declared here stays as it is in later
 * versions of the library; there may be more.
 */
#ifndef CONVOPT_C_COMPILE_H
#define CONVOPT_C_COMPILE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Options, and who is told of problems. */
typedef struct convopt_compiler convopt_compiler;

/* What one compilation has given. */
typedef struct convopt_compilation convopt_compilation;

enum convopt_severity {
  CONVOPT_SEVERITY_NOTE = 0, /* nothing is wrong, but it should be known */
  CONVOPT_SEVERITY_ERROR = 1
};

enum convopt_result {
  /* The object, or what else the option "emit" asks for. */
  CONVOPT_RESULT_MODEL = 0,
  /* The C header that declares it, for "emit" obj and shared. */
  CONVOPT_RESULT_HEADER = 1,
  /* What "weights" external keeps apart. */
  CONVOPT_RESULT_WEIGHTS = 2,
  /* What "explain" asks for: a table, or JSON. */
  CONVOPT_RESULT_EXPLANATION = 3,
  /* What "report" asks for: a page in HTML. */
  CONVOPT_RESULT_REPORT = 4
};

/* Told of one problem or note: one line of UTF-8 without the line's end, and
 * where it is ("net.onnx", "net.mlir:3:8", a node), or "" where that is not
 * known. Both are the caller's until it returns. It is called on the thread
 * that has called the library, and must not throw or jump out. */
typedef void convopt_diagnostic_handler(enum convopt_severity severity,
                                        const char *message,
                                        const char *location, void *user_data);

/* The library's version: "0.1.0". A string that is always there. */
const char *convopt_compiler_version(void);

/* A compiler with convopt-compile's defaults. NULL if there is no memory. */
convopt_compiler *convopt_compiler_create(void);

/* Frees it; nothing for NULL. Compilations do not need their compiler. */
void convopt_compiler_destroy(convopt_compiler *compiler);

/* Has `handler` told of problems, or nobody if it is NULL. */
void convopt_compiler_set_handler(convopt_compiler *compiler,
                                  convopt_diagnostic_handler *handler,
                                  void *user_data);

/* Sets an option of convopt-compile by its name without dashes: "target",
 * "cpu", "threads", "shape", ... A later value takes the place of the one
 * before, but for "shape", which is added to. `value` is NULL for an option
 * without value, such as "profile". Options name files to read as on the
 * command line; what they name to be written ("report") is kept in memory
 * instead. "o", "v" and "time" are not options here, nor "emit" of llvm and
 * asm, which are folders. 0, or 1 if there is no such option or value; what was
 * set before stays then. */
int convopt_compiler_set_option(convopt_compiler *compiler, const char *name,
                                const char *value);

/* Compiles the `size` bytes of `model`, which is not kept.
 *
 *   name    what the model's file would be called: messages name it so, the
 *           model's symbol comes from it unless the option "name" says
 *           otherwise, and if it ends in ".mlir" the model is MLIR, as text or
 *           bytecode, else ONNX
 *   folder  where the model's external data lie; NULL if it has none
 *
 * The caller destroys what is returned; NULL is a failure. */
convopt_compilation *convopt_compile(const convopt_compiler *compiler,
                                     const char *name, const void *model,
                                     size_t size, const char *folder);

/* The same with a model in a file, whose external data lie beside it. */
convopt_compilation *convopt_compile_file(const convopt_compiler *compiler,
                                          const char *path);

/* The bytes of a result, and in `*size` how many, unless that is NULL. Behind
 * them stands a zero, so that text is a string. NULL, and 0, if the compilation
 * has no such result. They live as long as the compilation. */
const void *convopt_compilation_get(const convopt_compilation *compilation,
                                    enum convopt_result result, size_t *size);

/* Frees it and all its results; nothing for NULL. */
void convopt_compilation_destroy(convopt_compilation *compilation);

#ifdef __cplusplus
}
#endif

#endif /* CONVOPT_C_COMPILE_H */
