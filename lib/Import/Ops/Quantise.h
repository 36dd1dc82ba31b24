#ifndef CONVOPT_IMPORT_OPS_QUANTISE_H
#define CONVOPT_IMPORT_OPS_QUANTISE_H

#include "Generic.h"

namespace convopt {

/// In a body: `x`, a multiple of the scale, of the kind of `s` (f32 or f64),
/// rounded to the nearest integer, of two the even one, plus `zero` (i32; null
/// for none), as the nearest that `kind` holds; of an 8-bit float the one that
/// it stands for.
mlir::Value quantise(Scalar &s, mlir::Value x, mlir::Value zero,
                     ElementKind kind, bool saturate = true);

/// What input `i` says of a tensor of `shape`, as an operand that is broadcast
/// to it: one number for all, one for each index of `axis`, or one for each
/// block of `block` indices.
llvm::Expected<Operand> spreadOver(Node &node, size_t i,
                                   llvm::ArrayRef<int64_t> shape, int64_t axis,
                                   int64_t block = 0);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_QUANTISE_H
