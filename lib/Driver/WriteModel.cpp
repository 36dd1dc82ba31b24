#include "WriteModel.h"
#include "Header.h"
#include "WeightsFile.h"
#include "convopt/Driver/Link.h"
#include "convopt/Driver/OutputFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace convopt {

static StringRef toText(const CompiledKernel &kernel) {
  return StringRef(kernel.object.data(), kernel.object.size());
}

Error writeModule(Environment &environment, StringRef path,
                  mlir::ModuleOp module) {
  return environment.write(Result::Model, path, [&](raw_ostream &os) {
    module.print(os);
    return Error::success();
  });
}

Error writeKernels(Environment &environment, StringRef path,
                   mlir::ModuleOp module, ArrayRef<CompiledKernel> kernels) {
  return environment.write(Result::Model, path, [&](raw_ostream &os) {
    module.print(os);
    for (const CompiledKernel &kernel : kernels)
      os << "\n// " << kernel.symbol << "\n" << toText(kernel);
    return Error::success();
  });
}

Error writeFolder(StringRef path, StringRef main,
                  ArrayRef<CompiledKernel> kernels, StringRef suffix) {
  const bool isNew = !sys::fs::exists(path);
  if (std::error_code code = sys::fs::create_directories(path))
    return cannotWrite(path, code);
  std::vector<std::string> written;
  auto write = [&](const Twine &name, StringRef text) {
    written.push_back((path + "/" + name + suffix).str());
    return writeOutput(written.back(), text);
  };
  Error error = write("main", main);
  for (const CompiledKernel &kernel : kernels)
    if (!error)
      error = write(kernel.symbol, toText(kernel));
  if (!error)
    return Error::success();
  // All of it or nothing.
  for (const std::string &file : written)
    sys::fs::remove(file);
  if (isNew)
    sys::fs::remove(path);
  return error;
}

/// What a section is filled with.
using SectionWriter = function_ref<void(raw_ostream &)>;

/// Of the section in the object.
static int64_t sectionBytes(const FinishedModel &model) {
  return model.facts.weightsFileBytes
             ? static_cast<int64_t>(sizeof(convopt_weights_header))
             : std::max<int64_t>(model.weights.bytes, 64);
}

/// Has `write` write a model to `output`, given what belongs in its weights'
/// section. If the weights have a file of their own, that is written first,
/// since the object knows its hash, and goes again if `write` fails.
static Error
writeWithWeights(Environment &environment, StringRef output,
                 const FinishedModel &model,
                 function_ref<Error(int64_t bytes, SectionWriter)> write) {
  if (!model.facts.weightsFileBytes) {
    const int64_t bytes = sectionBytes(model);
    return write(bytes, [&](raw_ostream &os) {
      model.weights.write(os);
      os.write_zeros(bytes - model.weights.bytes);
    });
  }
  std::string path = weightsFileOf(output);
  auto header = writeWeights(environment, path, model.weights);
  if (!header)
    return header.takeError();
  Error error = write(sizeof *header, [&](raw_ostream &os) {
    os.write(reinterpret_cast<const char *>(&*header), sizeof *header);
  });
  if (error)
    environment.remove(Result::Weights, path);
  return error;
}

Expected<int64_t> modelBytes(const FinishedModel &model) {
  SmallVector<char, 0> start;
  raw_svector_ostream os(start); // All but the section, which is the end.
  if (Error error = writeWithSection(os, model.object, weightsSection,
                                     sectionBytes(model), [](raw_ostream &) {}))
    return std::move(error);
  return static_cast<int64_t>(start.size()) + sectionBytes(model) +
         (model.facts.weightsFileBytes ? weightsFileBytes(model.weights) : 0);
}

static Error writeHeader(Environment &environment, StringRef output,
                         const FinishedModel &model) {
  SmallString<128> path(output);
  sys::path::replace_extension(path, ".h");
  Error error =
      environment.write(Result::Header, path, [&](raw_ostream &os) -> Error {
        Expected<std::string> header = makeHeader(model.sizes, model.facts);
        if (!header)
          return header.takeError();
        os << *header;
        return Error::success();
      });
  if (error)
    environment.remove(Result::Model, output);
  return error;
}

/// Writes the model by `write`, given what writes the object of it, and then
/// its header.
static Error
writeWithHeader(Environment &environment, StringRef path,
                const FinishedModel &model,
                function_ref<Error(Environment::Writer writeObject)> write) {
  auto writeAll = [&](int64_t bytes, SectionWriter weights) -> Error {
    auto writeObject = [&](raw_ostream &os) {
      return writeWithSection(os, model.object, weightsSection, bytes, weights);
    };
    if (Error error = write(writeObject))
      return error;
    return writeHeader(environment, path, model);
  };
  return writeWithWeights(environment, path, model, writeAll);
}

Error writeObject(Environment &environment, StringRef path,
                  const FinishedModel &model) {
  return writeWithHeader(
      environment, path, model, [&](Environment::Writer writeObject) {
        return environment.write(Result::Model, path, writeObject);
      });
}

Error writeShared(Environment &environment, StringRef path,
                  const FinishedModel &model,
                  const MachineDescription &machine) {
  return writeWithHeader(
      environment, path, model, [&](Environment::Writer writeObject) {
        return environment.writeShared(path, machine, writeObject);
      });
}

} // namespace convopt
