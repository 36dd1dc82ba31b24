#include "Session.h"
#include "convopt/IR/ConstantStore.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/IR/AsmState.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace convopt {

void registerPassOptions() {
  // The passes that options can name.
  registerConvoptPasses();
  mlir::registerTransformsPasses();
  mlir::registerConversionPasses();
  mlir::registerLinalgPasses();
  mlir::arith::registerArithPasses();
  mlir::memref::registerMemRefPasses();
  mlir::registerMLIRContextCLOptions();
  mlir::registerAsmPrinterCLOptions();
  mlir::registerPassManagerCLOptions();
  mlir::registerDefaultTimingManagerCLOptions();
}

Session::Session(const CompileOptions &options)
    : context(makeContext()), diagnostics(*context), verbose(options.verbose) {
  // Where the weights will lie, there is room for them.
  constexpr int64_t defaultMemory = int64_t(768) << 20;
  ConstantStore::add(*context, sys::path::parent_path(options.output).str(),
                     options.weightsMemory.value_or(defaultMemory));
  mlir::applyDefaultTimingManagerCLOptions(timing);
  timesPasses = timing.isEnabled();
  timing.setEnabled(timesPasses || options.time);
  total = timing.getRootScope();
}

mlir::TimingScope Session::time(StringRef stage) {
  if (verbose)
    errs() << "convopt-compile: " << stage << "\n";
  return total.nest(stage);
}

Error Session::run(mlir::ModuleOp module, StringRef stage,
                   function_ref<void(mlir::OpPassManager &)> build) {
  mlir::TimingScope scope = time(stage);
  mlir::PassManager pm(module->getName());
  // Fails, in a context without threads, only where a program has no such
  // options.
  (void)mlir::applyPassManagerCLOptions(pm);
  if (timesPasses)
    pm.enableTiming(scope);
  build(pm);
  if (mlir::failed(pm.run(module)))
    return explain(createStringError(stage + " failed"));
  return Error::success();
}

} // namespace convopt
