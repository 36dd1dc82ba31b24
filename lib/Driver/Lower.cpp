#include "Stages.h"
#include "convopt/Transforms/Pipelines.h"

using namespace llvm;

namespace convopt {

Expected<Lowered> lower(Session &session, Kernels &kernels, Placed placed,
                        ArrayRef<ModelInterface> sizes,
                        const MachineDescription &machine,
                        const CompileOptions &options) {
  mlir::ModuleOp module = *kernels.module;
  auto functions = findSizes(module);
  if (!functions)
    return functions.takeError();
  for (auto [i, function] : enumerate(*functions))
    function.setName(functionName(i));
  auto addLowering = [&](mlir::OpPassManager &pm) {
    buildLoweringPipeline(pm, options.profile);
  };
  if (Error error = session.run(module, "lowering", addLowering))
    return error;

  auto context = std::make_unique<LLVMContext>();
  auto made = makeModelModule(module, *context, sizes, placed.facts, machine);
  if (!made)
    return session.explain(made.takeError());
  return Lowered{std::move(context), std::move(*made),
                 std::move(placed.placement.weights), std::move(placed.facts)};
}

} // namespace convopt
