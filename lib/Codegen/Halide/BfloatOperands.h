#ifndef CONVOPT_LIB_CODEGEN_BFLOATOPERANDS_H
#define CONVOPT_LIB_CODEGEN_BFLOATOPERANDS_H

#include "Halide.h"
#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Target/MachineDescription.h"

namespace convopt {

/// Whether what `kernel` rounds to bf16 are operands of convolutions in fewer
/// bits, its own or those that read its result, and nothing else, on a machine
/// with an instruction for that.
bool roundsOperandsToBfloat(KernelOp kernel, const MachineDescription &machine);

/// On lowered code for AVX512-BF16: a vector is rounded from f32 to bf16 by the
/// instruction for that. Numbers below 2^-126 become zero.
class BfloatOperands : public Halide::Internal::IRMutator {
  using Halide::Internal::IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::Cast *op) override;
};

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_BFLOATOPERANDS_H
