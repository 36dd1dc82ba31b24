// What is computed together, and the code of each such kernel, in the form that
// was asked for.

#include "CostNotes.h"
#include "Stages.h"

using namespace llvm;

namespace convopt {

static KernelOutput kernelOutputFor(Emit emit) {
  switch (emit) {
  case Emit::Kernels:
    return KernelOutput::Statement;
  case Emit::Llvm:
    return KernelOutput::Llvm;
  case Emit::Asm:
    return KernelOutput::Assembly;
  default:
    return KernelOutput::Object;
  }
}

Expected<Kernels> makeKernels(Session &session, OwnedModule module,
                              const MachineDescription &machine,
                              const CompileOptions &options,
                              KernelMemory *known) {
  auto addForming = [&](mlir::OpPassManager &pm) {
    buildKernelsPipeline(pm, options.target);
  };
  if (Error error = session.run(*module, "forming kernels", addForming))
    return error;
  mlir::TimingScope scope = session.time("compiling kernels");
  const KernelOptions how{
      machine,          options.threads, kernelOutputFor(options.emit),
      options.cacheDir,
      /*progress=*/{},  options.target};
  auto compiled = known ? known->compile(session.environment, *module, how)
                        : session.environment.compileKernels(*module, how);
  if (!compiled)
    return session.explain(compiled.takeError());
  Kernels kernels{std::move(module), std::move(*compiled)};
  std::string note = noteOnEmulation(*kernels.module, machine);
  if (!note.empty())
    kernels.notes.push_back(std::move(note));
  return kernels;
}

} // namespace convopt
