#ifndef CONVOPT_LIB_CODEGEN_BRANCHONCE_H
#define CONVOPT_LIB_CODEGEN_BRANCHONCE_H

#include "Halide.h"

namespace convopt {

/// A branch on the elements of a vector is taken by each of them, so that the
/// vector is taken apart and put together again. Here, on lowered code, it is
/// asked once whether all elements go the first way, as they nearly always do
/// where the second is a slow one for few arguments.
class BranchOnce : public Halide::Internal::IRMutator {
  using Halide::Internal::IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::Call *op) override;
};

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_BRANCHONCE_H
