// The first stage: a model is read, and its function is one that an object can
// have.

#include "Stages.h"

using namespace llvm;

namespace convopt {

/// Channels of a block in the files that ONNX Runtime optimises on `machine`:
/// a vector of AVX-512, or what its kernels for NEON take, else one of AVX.
static int64_t channelBlock(const MachineDescription &machine) {
  return machine.isX86() && !machine.has("avx512f") ? 8 : 16;
}

Expected<Loaded> load(Session &session, const CompileOptions &options) {
  mlir::TimingScope scope = session.time("import");
  CompileOptions noting = options;
  Expected<MachineDescription> machine = describeMachine(options.target);
  if (!machine)
    return machine.takeError();
  noting.import.channelBlock = channelBlock(*machine);
  std::vector<std::string> notes;
  noting.import.note = [&](const std::string &text) { notes.push_back(text); };
  auto module = loadModel(noting, session.getContext());
  if (!module)
    return session.explain(module.takeError());
  // Not beside an error, which is one line.
  for (const std::string &note : notes)
    session.note(options.input, note);
  Expected<mlir::func::FuncOp> main = findMain(**module);
  if (!main)
    return main.takeError();
  Expected<ModelInterface> interface = readInterface(*main);
  if (!interface)
    return interface.takeError();
  return Loaded{std::move(*module), std::move(*interface)};
}

} // namespace convopt
