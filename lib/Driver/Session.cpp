#include "Session.h"
#include "convopt/IR/ConstantStore.h"

using namespace llvm;

namespace convopt {

std::shared_ptr<mlir::MLIRContext> Environment::context() {
  return makeContext();
}

Session::Session(const CompileOptions &options, Environment &environment)
    : environment(environment), context(environment.context()),
      diagnostics(*context), verbose(options.verbose) {
  constexpr int64_t defaultMemory = int64_t(768) << 20;
  ConstantStore::add(*context, environment.scratchFolder(),
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

void Session::note(StringRef location, const Twine &message) {
  std::string text = message.str();
  if (notes.insert({location.str(), text}).second)
    environment.note(location, text);
}

raw_ostream &Session::explanations() {
  return holds ? held : environment.explanations();
}

void Session::holdExplanations() {
  heldText.clear();
  holds = true;
}

void Session::releaseExplanations() {
  if (std::exchange(holds, false))
    environment.explanations() << heldText;
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
