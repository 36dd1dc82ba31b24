#ifndef CONVOPT_LIB_CODEGEN_PACKEDBYTES_H
#define CONVOPT_LIB_CODEGEN_PACKEDBYTES_H

#include "Halide.h"

namespace convopt {

/// On lowered code for x86 with AVX2 or AVX-512: where four vectors of floats,
/// of `vectorBits` each, are brought within the range of a byte, rounded and
/// narrowed to bytes together, instructions narrow them that saturate. The
/// bytes are the same.
class PackedBytes : public Halide::Internal::IRMutator {
public:
  explicit PackedBytes(int vectorBits) : vectorBits(vectorBits) {}

private:
  using Halide::Internal::IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::Cast *op) override;
  Halide::Expr visit(const Halide::Internal::Let *op) override;
  Halide::Internal::Stmt visit(const Halide::Internal::LetStmt *op) override;

  const int vectorBits;
  Halide::Internal::Scope<Halide::Expr> lets;
};

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_PACKEDBYTES_H
