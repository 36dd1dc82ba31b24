#ifndef CONVOPT_RUNTIME_PLAN_H
#define CONVOPT_RUNTIME_PLAN_H

/* What the compiler tells the runtime about one model, and how a workspace is
 * divided. C, and read by the compiler (C++) too. All offsets are multiples of
 * CONVOPT_ALIGNMENT:
 *
 *   header | a record for each thread | scratch of each thread | tensors |
 *   true shapes of outputs
 *
 * The first thread's scratch is scratch_bytes + thread_scratch_bytes, that of
 * the others thread_scratch_bytes. */
#include "convopt-c/model.h"
#include "convopt-c/profile.h"
#include "convopt-c/sizes.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CONVOPT_ALIGNMENT = 64,
  CONVOPT_HEADER_BYTES = 512,
  CONVOPT_THREAD_BYTES = 128
};

/* What a weights file begins with; the weights follow at
 * CONVOPT_WEIGHTS_OFFSET. Little-endian. */
struct convopt_weights_header {
  char magic[8];    /* CONVOPT_WEIGHTS_MAGIC */
  uint64_t bytes;   /* of the weights, without this page */
  uint8_t hash[32]; /* BLAKE3 of the weights */
  uint8_t zeros[16];
};
#define CONVOPT_WEIGHTS_MAGIC "convoptW"
enum { CONVOPT_WEIGHTS_OFFSET = 4096 };

/* A word of the CPU's feature report and the bits that must be set in it.
 * x86: source is a cpuid leaf, index 4 * subleaf + register (eax ebx ecx edx);
 * source CONVOPT_XCR0 is what the operating system saves (xgetbv 0).
 * aarch64: source is the key for getauxval, index 0. */
struct convopt_requirement {
  uint32_t source, index;
  uint64_t bits;
};
enum { CONVOPT_XCR0 = 0xffffffff };

/* The model for one size of its tensors. `context` is the first thread's, for
 * halide_malloc and halide_do_par_for. */
typedef int (*convopt_main)(const void *const *inputs, void *const *outputs,
                            void *tensors, const void *weights, void *context);

struct convopt_plan {
  int64_t threads; /* at least 1 */
  int64_t scratch_bytes, thread_scratch_bytes;
  int64_t input_count, output_count;
  const void *weights; /* null: given to init */
  int64_t requirement_count;
  const struct convopt_requirement *requirements;
  convopt_main main; /* null where there are several sizes */
  /* What the weights given to init have to begin with; null: they have no
   * header. */
  const struct convopt_weights_header *weights_header;
  const struct convopt_tensor *outputs;
  /* Of each output whose sizes depend on data (of several sizes of the model:
   * in one of them) where its true ones lie, counted from the tensors, behind
   * which they are; 0 for others. Null: no output depends on data. */
  const int64_t *shape_offsets;
  int64_t size_count; /* 0: main is for the only one */
  const struct convopt_size *sizes;
  const convopt_main *mains; /* one a size */
};

#ifdef __cplusplus
}
#endif

#endif /* CONVOPT_RUNTIME_PLAN_H */
