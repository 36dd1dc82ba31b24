#include "Stages.h"
#include "convopt/Transforms/Pipelines.h"

using namespace llvm;

namespace convopt {

Expected<Lowered> lower(Session &session, Kernels &kernels, Placed placed,
                        const ModelInterface &interface,
                        const MachineDescription &machine,
                        const CompileOptions &options) {
  mlir::ModuleOp module = *kernels.module;
  Expected<mlir::func::FuncOp> main = findMain(module);
  if (!main)
    return main.takeError();
  main->setName(functionName);
  auto addLowering = [&](mlir::OpPassManager &pm) {
    buildLoweringPipeline(pm, options.profile);
  };
  if (Error error = session.run(module, "lowering", addLowering))
    return error;

  auto context = std::make_unique<LLVMContext>();
  auto made =
      makeModelModule(module, *context, interface, placed.facts, machine);
  if (!made)
    return session.explain(made.takeError());
  return Lowered{std::move(context), std::move(*made),
                 std::move(placed.placement.weights), std::move(placed.facts)};
}

} // namespace convopt
