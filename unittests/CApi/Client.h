#ifndef CONVOPT_UNITTESTS_CAPI_CLIENT_H
#define CONVOPT_UNITTESTS_CAPI_CLIENT_H

/* What tests use of the library, in C: its header must be C11. */
#include "convopt-c/Compile.h"

#ifdef __cplusplus
extern "C" {
#endif

/* y = tanh(conv(x, 0.5)) of 1x8x10x10 values of f32. */
extern const char small_model[];

/* What a compiler has said. */
struct diagnostics {
  int errors, notes;
  char message[1200], location[200]; /* of the last one */
};

/* A handler, with a struct diagnostics. */
void keep_diagnostic(enum convopt_severity severity, const char *message,
                     const char *location, void *diagnostics);

/* A compiler that tells `diagnostics`, with `options`: pairs, then NULL. NULL
 * where one is refused. */
convopt_compiler *new_compiler(struct diagnostics *diagnostics,
                               const char *const *options);

/* small_model as the object for `target`; NULL on a failure. */
convopt_compilation *compile_small_model(const char *target);

#ifdef __cplusplus
}
#endif

#endif
