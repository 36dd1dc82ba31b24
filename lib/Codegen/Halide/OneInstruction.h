#ifndef CONVOPT_LIB_CODEGEN_ONEINSTRUCTION_H
#define CONVOPT_LIB_CODEGEN_ONEINSTRUCTION_H

#include "Halide.h"

namespace convopt {

/// On lowered code for aarch64: a comparison and what it selects, where they
/// are the larger or the smaller of two and NaN if either is, become the one
/// instruction that computes that, fmax or fmin.
class OneInstruction : public Halide::Internal::IRMutator {
  using Halide::Internal::IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::Select *op) override;
};

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_ONEINSTRUCTION_H
