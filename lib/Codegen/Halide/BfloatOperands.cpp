// Halide rounds f32 to bf16 by five operations on integers a vector and one
// that narrows them, also where AVX512-BF16 has an instruction: its pattern for
// that is switched off, since LLVM, seeing a vector of bfloat, had moved it
// through shuffles that it had no code for. But Halide's own functions around
// the instruction are there, and give vectors of i16. A call of an external
// function that has a form xN for vectors of N lanes becomes one of that.
//
// The instruction rounds to the nearest, of two the even, and keeps NaN, as the
// operations do, but takes denormal numbers for zero. An operand of a choice in
// fewer bits may be: that is within the error of its rounding, relative to the
// largest of a tensor; so may what is stored to be one. What the model itself
// says to be rounded is rounded exactly.

#include "BfloatOperands.h"
#include "KernelPipeline.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace Halide;
using namespace Halide::Internal;

namespace convopt {

bool roundsOperandsToBfloat(KernelOp kernel,
                            const MachineDescription &machine) {
  if (!supportsPrecision(machine, Precision::BF16))
    return false;
  std::optional<ConvOp> conv = findConvolution(kernel);
  bool operands =
      conv && choiceOf(*conv, machine).variant.precision == Precision::BF16;
  bool others = false;
  ConvoptDialect::RoundsOperandAttrHelper helper(kernel.getContext());
  kernel.walk([&](mlir::arith::TruncFOp op) {
    if (op.getType().isBF16())
      (helper.isAttrPresent(op) ? operands : others) = true;
  });
  return operands && !others;
}

Expr BfloatOperands::visit(const Cast *op) {
  const int lanes = op->type.lanes();
  if (!op->type.is_bfloat() || lanes < 4 ||
      op->value.type() != Float(32, lanes))
    return IRMutator::visit(op);
  // There are forms of 32 lanes and of 4; 16 lanes are the half of 32.
  const char *function = lanes >= 16 ? "vcvtne2ps2bf16" : "vcvtneps2bf16";
  return reinterpret(op->type,
                     Call::make(UInt(16, lanes), function, {mutate(op->value)},
                                Call::PureExtern));
}

} // namespace convopt
