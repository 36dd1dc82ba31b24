#ifndef CONVOPT_TRANSFORMS_AFFINEBODY_H
#define CONVOPT_TRANSFORMS_AFFINEBODY_H

#include "mlir/IR/Block.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <optional>

namespace convopt {

/// scale * x + shift of some variable x.
struct AffineValue {
  double scale = 0, shift = 0;
};

/// What the block computes of its arguments if that is affine in a variable:
/// `argument(i)` says what the i-th argument is. Nothing if it is not affine,
/// or if an operation is none of the few that linear layers are made of.
std::optional<AffineValue> evaluateAffine(
    mlir::Block &block,
    llvm::function_ref<std::optional<AffineValue>(unsigned)> argument);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_AFFINEBODY_H
