#ifndef CONVOPT_LIB_CODEGEN_HALFPRODUCTS_H
#define CONVOPT_LIB_CODEGEN_HALFPRODUCTS_H

#include "Halide.h"

namespace convopt {

/// On lowered code for AVX512-FP16: products of halves with one that is the
/// same for all lanes are in a form of which LLVM makes one in half precision.
class HalfProducts : public Halide::Internal::IRMutator {
  using Halide::Internal::IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::Mul *op) override;
};

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_HALFPRODUCTS_H
