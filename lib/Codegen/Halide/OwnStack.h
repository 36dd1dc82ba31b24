#ifndef CONVOPT_LIB_CODEGEN_OWNSTACK_H
#define CONVOPT_LIB_CODEGEN_OWNSTACK_H

#include "Halide.h"

namespace convopt {

/// On lowered code: each allocation on the stack gets memory of its own, so
/// that those with constant indices become registers.
class OwnStack : public Halide::Internal::IRMutator {
  using Halide::Internal::IRMutator::visit;
  Halide::Internal::Stmt visit(const Halide::Internal::Allocate *op) override;

  int32_t largest = 0; ///< bytes
  int64_t all = 0;
};

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_OWNSTACK_H
