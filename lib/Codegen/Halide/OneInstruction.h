#ifndef CONVOPT_LIB_CODEGEN_ONEINSTRUCTION_H
#define CONVOPT_LIB_CODEGEN_ONEINSTRUCTION_H

#include "Halide.h"
#include "convopt/Target/MachineDescription.h"

namespace convopt {

/// On lowered code for aarch64: a comparison and what it selects, where they
/// are the larger or the smaller of two and NaN if either is, become the one
/// instruction that computes that, fmax or fmin; where they are the number if
/// one of the two is NaN, fmaxnm or fminnm.
class OneInstruction : public Halide::Internal::IRMutator {
  using Halide::Internal::IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::Select *op) override;
};

/// Whether what the pass recognises of this type is one instruction, in which
/// it costs nothing to ask whether an operand is NaN.
bool isOneInstruction(const Halide::Type &type,
                      const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_ONEINSTRUCTION_H
