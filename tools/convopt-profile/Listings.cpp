#include "Listings.h"
#include "CompileTasks.h"
#include "MachineFile.h"
#include "TaskKernel.h"
#include "convopt/CostModel/LayerText.h"
#include "convopt/Driver/OutputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace convopt;

/// So many kernels are in memory at a time.
static constexpr size_t batchSize = 32;

static llvm::Error writeBoth(const CompiledKernel &kernel,
                             const std::string &folder) {
  llvm::StringRef text(kernel.object.data(), kernel.object.size());
  auto [assembly, llvm] = text.split('\0');
  std::string path = folder + "/" + kernel.symbol;
  if (auto error = writeOutput(path + ".s", assembly))
    return error;
  return writeOutput(path + ".ll", llvm);
}

llvm::Error convopt::writeListings(llvm::ArrayRef<Task> tasks,
                                   const MachineDescription &machine,
                                   const std::string &folder) {
  if (auto code = llvm::sys::fs::create_directories(folder))
    return llvm::createStringError("cannot write to '" + folder +
                                   "': " + code.message());
  const KernelOptions options{machine, 1, KernelOutput::Listing};
  std::string index = "kernel,layer,choice,machine,primitive\n";
  while (!tasks.empty()) {
    auto some = tasks.take_front(batchSize);
    tasks = tasks.drop_front(some.size());
    std::vector<std::string> failures;
    std::vector<std::vector<int64_t>> buffers;
    auto kernels = compileTasks(some, options, failures, buffers);
    if (!kernels)
      return kernels.takeError();
    for (auto [task, kernel, failure] :
         llvm::zip_equal(some, *kernels, failures)) {
      if (kernel.symbol.empty()) {
        llvm::errs() << "convopt-profile: left out " << task.key() << ": "
                     << failure << "\n";
        continue;
      }
      if (auto error = writeBoth(kernel, folder))
        return error;
      if (const auto *sample = std::get_if<LayerChoice>(&task.what))
        index += llvm::join_items(",", kernel.symbol, layerText(sample->layer),
                                  toString(sample->choice),
                                  machineName(machine), task.primitive()) +
                 "\n";
    }
  }
  if (auto error = writeOutput(folder + "/index.csv", index))
    return error;
  return writeMachine(folder + "/machine.json", machine, BatchReport());
}
