#include "ToolEnvironment.h"
#include "ProgressLine.h"
#include "convopt/Driver/Link.h"
#include "convopt/Driver/OutputFile.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace convopt {

Error ToolEnvironment::write(Result, StringRef path, Writer write) {
  return writeOutput(path, write);
}

void ToolEnvironment::remove(Result, StringRef path) {
  if (path != "-" && !isSpecialFile(path))
    sys::fs::remove(path);
}

/// Not between what is written to standard output.
raw_ostream &ToolEnvironment::explanations() {
  return options.output == "-" ? errs() : outs();
}

void ToolEnvironment::note(StringRef location, const Twine &message) {
  errs() << "convopt-compile: note: " << location
         << (location.empty() ? "" : ": ") << message << "\n";
}

/// Where the weights will lie, there is room for them.
std::string ToolEnvironment::scratchFolder() {
  return sys::path::parent_path(options.output).str();
}

Expected<std::vector<CompiledKernel>>
ToolEnvironment::compileKernels(mlir::ModuleOp module,
                                const KernelOptions &kernels) {
  ProgressLine line(sys::path::filename(options.input));
  KernelOptions shown = kernels;
  shown.progress = [&](size_t done, size_t all) {
    line.show(done, all, "kernels");
  };
  return convopt::compileKernels(module, shown);
}

Expected<std::vector<char>>
ToolEnvironment::mergeObjects(ArrayRef<ArrayRef<char>> objects,
                              ArrayRef<std::string> symbols) {
  return convopt::mergeObjects(objects, symbols);
}

Error ToolEnvironment::writeShared(StringRef path,
                                   const MachineDescription &machine,
                                   Writer writeObject) {
  std::string relocatable = (path + ".o.tmp").str();
  std::string linked = (path + ".tmp").str();
  auto cleanUp = make_scope_exit([&] {
    sys::fs::remove(relocatable);
    sys::fs::remove(linked);
  });
  if (Error error = writeOutput(relocatable, writeObject))
    return error;
  if (Error error = linkShared(relocatable, linked, machine))
    return error;
  if (std::error_code code = sys::fs::rename(linked, path))
    return cannotWrite(path, code);
  return Error::success();
}

/// A header beside a device would make no sense.
static Error checkOutput(const CompileOptions &options) {
  if (options.emit >= Emit::Object && isSpecialFile(options.output))
    return createStringError("cannot write '%s': it is not a file",
                             options.output.c_str());
  return Error::success();
}

Error compile(const CompileOptions &options) {
  if (Error error = checkOutput(options))
    return error;
  ToolEnvironment environment(options);
  return compile(options, environment);
}

} // namespace convopt
