#include "LibraryEnvironment.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace convopt {

LibraryEnvironment::LibraryEnvironment(const CompileOptions &options,
                                       std::string program)
    : options(options), worker(std::move(program)) {}

ResultBytes LibraryEnvironment::take() {
  if (!explanation.empty())
    results[static_cast<size_t>(Result::Explanation)] = std::move(explanation);
  return std::move(results);
}

Error LibraryEnvironment::write(Result what, StringRef, Writer write) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream os(bytes);
  if (Error error = write(os))
    return error;
  results[static_cast<size_t>(what)] = std::move(bytes);
  return Error::success();
}

void LibraryEnvironment::remove(Result what, StringRef) {
  results[static_cast<size_t>(what)].reset();
}

void LibraryEnvironment::note(StringRef location, const Twine &message) {
  notes.emplace_back(location.str(), message.str());
}

std::string LibraryEnvironment::scratchFolder() {
  SmallString<128> folder;
  sys::path::system_temp_directory(/*ErasedOnReboot=*/true, folder);
  return folder.str().str();
}

Expected<std::vector<CompiledKernel>>
LibraryEnvironment::compileKernels(mlir::ModuleOp module,
                                   const KernelOptions &kernels) {
  if (module.getOps<KernelOp>().empty())
    return std::vector<CompiledKernel>();
  return worker.compileKernels(module, kernels);
}

Expected<std::vector<char>>
LibraryEnvironment::mergeObjects(ArrayRef<ArrayRef<char>> objects,
                                 ArrayRef<std::string> symbols) {
  return worker.mergeObjects(objects, symbols);
}

Error LibraryEnvironment::writeShared(StringRef path,
                                      const MachineDescription &,
                                      Writer writeObject) {
  SmallVector<char, 0> object;
  raw_svector_ostream os(object);
  if (Error error = writeObject(os))
    return error;
  auto library =
      worker.linkShared({object.data(), object.size()}, options.target);
  if (!library)
    return library.takeError();
  return write(Result::Model, path, [&](raw_ostream &os) {
    os << *library;
    return Error::success();
  });
}

} // namespace convopt
