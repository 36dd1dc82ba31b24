#ifndef CONVOPT_LIB_CODEGEN_REGISTERTILE_H
#define CONVOPT_LIB_CODEGEN_REGISTERTILE_H

#include "StoredFunc.h"

namespace convopt {

/// What is computed at a time: `vectors` of `width` lanes along the innermost
/// dimension, times `rows` along dimension `row`.
struct RegisterTile {
  int width = 1, vectors = 1, rows = 1;
  size_t row = 1;
};

/// For a stage that is not transposed and has no sums by lanes.
RegisterTile chooseTile(const StoredFunc &stage, const KernelOptions &options);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_REGISTERTILE_H
