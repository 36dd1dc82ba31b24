#ifndef CONVOPT_LIB_CODEGEN_SCRATCHSIZE_H
#define CONVOPT_LIB_CODEGEN_SCRATCHSIZE_H

#include "Halide.h"

namespace convopt {

/// What lowered code asks of halide_malloc at most at one time, each request
/// rounded up to 64 bytes and with 64 more.
struct ScratchSize {
  int64_t outside = 0;   ///< of parallel loops
  int64_t perThread = 0; ///< within them
};

/// Adds up the allocations of `module`. Throws std::runtime_error if the size
/// of one is not known.
ScratchSize measureScratch(const Halide::Module &module);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_SCRATCHSIZE_H
