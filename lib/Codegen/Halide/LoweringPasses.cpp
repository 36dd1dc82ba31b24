// Between Halide's lowering and LLVM, in one order for all who have pipelines
// compiled: a test that runs a schedule runs the instructions that the compiler
// makes of it.

#include "LoweringPasses.h"
#include "BfloatOperands.h"
#include "BranchOnce.h"
#include "HalfProducts.h"
#include "OneInstruction.h"
#include "OwnStack.h"
#include "PackedBytes.h"
#include "convopt/Schedules/TileRegisters.h"
#include "convopt/Target/ByteVectors.h"

namespace convopt {

void addLoweringPasses(Halide::Pipeline &pipeline,
                       const MachineDescription &machine, bool toBfloat) {
  // Halide deletes them.
  pipeline.add_custom_lowering_pass(new BranchOnce);
  pipeline.add_custom_lowering_pass(new TileRegisters);
  if (packsBytes(machine))
    pipeline.add_custom_lowering_pass(
        new PackedBytes(static_cast<int>(machine.vectorBits)));
  if (!machine.isX86()) {
    pipeline.add_custom_lowering_pass(new OneInstruction);
    pipeline.add_custom_lowering_pass(new OwnStack);
  }
  if (toBfloat)
    pipeline.add_custom_lowering_pass(new BfloatOperands);
  if (machine.has("avx512fp16"))
    pipeline.add_custom_lowering_pass(new HalfProducts);
}

} // namespace convopt
