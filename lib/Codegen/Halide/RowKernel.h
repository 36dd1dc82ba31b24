#ifndef CONVOPT_LIB_CODEGEN_ROWKERNEL_H
#define CONVOPT_LIB_CODEGEN_ROWKERNEL_H

#include "Halide.h"
#include "convopt/Codegen/Kernels.h"
#include "convopt/IR/ConvoptDialect.h"

namespace convopt {

/// Whether the stages of `kernel` can be computed for one row of its only
/// result at a time, and that is better than for all: where a row is long, and
/// something of the result's size is stored. A softmax's exponentials are then
/// summed up and divided while they are in the first-level cache.
bool isComputedByRows(KernelOp kernel, const KernelOptions &options);

/// Computes `stages` where the rows of `result`, of `shape`, are computed.
void computeByRows(llvm::ArrayRef<Halide::Func> stages, Halide::Func result,
                   llvm::ArrayRef<int64_t> shape, const KernelOptions &options);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_ROWKERNEL_H
