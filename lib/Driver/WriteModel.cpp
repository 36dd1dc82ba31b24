#include "WriteModel.h"
#include "Header.h"
#include "WeightsFile.h"
#include "convopt/Driver/Link.h"
#include "convopt/Driver/OutputFile.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace convopt {

static StringRef toText(const CompiledKernel &kernel) {
  return StringRef(kernel.object.data(), kernel.object.size());
}

Error writeModule(StringRef path, mlir::ModuleOp module) {
  return writeOutput(path, [&](raw_ostream &os) {
    module.print(os);
    return Error::success();
  });
}

Error writeKernels(StringRef path, mlir::ModuleOp module,
                   ArrayRef<CompiledKernel> kernels) {
  return writeOutput(path, [&](raw_ostream &os) {
    module.print(os);
    for (const CompiledKernel &kernel : kernels)
      os << "\n// " << kernel.symbol << "\n" << toText(kernel);
    return Error::success();
  });
}

Error writeFolder(StringRef path, StringRef main,
                  ArrayRef<CompiledKernel> kernels, StringRef suffix) {
  if (std::error_code code = sys::fs::create_directories(path))
    return cannotWrite(path, code);
  if (Error error = writeOutput((path + "/main" + suffix).str(), main))
    return error;
  for (const CompiledKernel &kernel : kernels)
    if (Error error = writeOutput((path + "/" + kernel.symbol + suffix).str(),
                                  toText(kernel)))
      return error;
  return Error::success();
}

/// What a section is filled with.
using SectionWriter = function_ref<void(raw_ostream &)>;

static Error writeObjectFile(StringRef path, const FinishedModel &model,
                             int64_t bytes, SectionWriter weights) {
  return writeOutput(path, [&](raw_ostream &os) {
    return writeWithSection(os, model.object, weightsSection, bytes, weights);
  });
}

/// Has `write` write a model to `output`, given what belongs in its weights'
/// section. If the weights have a file of their own, that is written first,
/// since the object knows its hash, and goes again if `write` fails.
static Error
writeWithWeights(StringRef output, const FinishedModel &model,
                 function_ref<Error(int64_t bytes, SectionWriter)> write) {
  if (!model.facts.weightsFileBytes) {
    int64_t bytes = std::max<int64_t>(model.weights.bytes, 64);
    return write(bytes, [&](raw_ostream &os) {
      model.weights.write(os);
      os.write_zeros(bytes - model.weights.bytes);
    });
  }
  std::string path = weightsFileOf(output);
  auto header = writeWeightsFile(path, model.weights);
  if (!header)
    return header.takeError();
  Error error = write(sizeof *header, [&](raw_ostream &os) {
    os.write(reinterpret_cast<const char *>(&*header), sizeof *header);
  });
  if (error)
    sys::fs::remove(path);
  return error;
}

static Error writeHeader(StringRef output, const FinishedModel &model) {
  SmallString<128> path(output);
  sys::path::replace_extension(path, ".h");
  Error error = writeOutput(path, makeHeader(model.interface, model.facts));
  if (error)
    sys::fs::remove(output);
  return error;
}

/// A header beside a device would make no sense.
static Error checkOutput(StringRef path) {
  if (isSpecialFile(path))
    return createStringError("cannot write '%s': it is not a file",
                             path.str().c_str());
  return Error::success();
}

Error writeObject(StringRef path, const FinishedModel &model) {
  if (Error error = checkOutput(path))
    return error;
  return writeWithWeights(
      path, model, [&](int64_t bytes, SectionWriter weights) -> Error {
        if (Error error = writeObjectFile(path, model, bytes, weights))
          return error;
        return writeHeader(path, model);
      });
}

Error writeShared(StringRef path, const FinishedModel &model,
                  const MachineDescription &machine) {
  if (Error error = checkOutput(path))
    return error;
  std::string relocatable = (path + ".o.tmp").str();
  std::string linked = (path + ".tmp").str();
  auto cleanUp = make_scope_exit([&] {
    sys::fs::remove(relocatable);
    sys::fs::remove(linked);
  });
  return writeWithWeights(
      path, model, [&](int64_t bytes, SectionWriter weights) -> Error {
        if (Error error = writeObjectFile(relocatable, model, bytes, weights))
          return error;
        if (Error error = linkShared(relocatable, linked, machine))
          return error;
        if (std::error_code code = sys::fs::rename(linked, path))
          return cannotWrite(path, code);
        return writeHeader(path, model);
      });
}

} // namespace convopt
