// One kernel, one object. Halide's defaults for a function that anybody may
// call are taken off: no runtime of its own (the object has ours), no checks
// and no bounds queries of buffers, whose shapes are constants that the caller
// was compiled with, and the first argument is the context from which our
// runtime hands out memory and threads. Halide writes objects to files only, so
// it is given one that exists in memory.

#include "convopt/Codegen/Kernels.h"
#include "Halide/KernelPipeline.h"
#include "Halide/ScratchSize.h"
#include "KernelCache.h"
#include "KernelWorkers.h"
#include "convopt/Transforms/Lowering.h"
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

using namespace mlir;
namespace H = Halide;

namespace convopt {

/// The variables by which a user's shell could change what Halide does.
static void forgetHalideEnvironment() {
  std::vector<std::string> names;
  for (char **variable = environ; *variable; ++variable)
    if (StringRef(*variable).starts_with("HL_"))
      names.push_back(StringRef(*variable).split('=').first.str());
  for (const std::string &name : names)
    unsetenv(name.c_str());
}

static std::string readFile(int file) {
  std::string data;
  char buffer[1 << 16];
  for (ssize_t n; (n = read(file, buffer, sizeof buffer)) > 0;)
    data.append(buffer, n);
  return data;
}

/// What Halide writes to a file that exists in memory only.
static std::string emit(const H::Module &module, H::OutputFileType type) {
  int file = memfd_create("convopt-kernel", 0);
  if (file < 0)
    throw std::runtime_error("no memory for a kernel's object");
  module.compile({{type, "/proc/self/fd/" + std::to_string(file)}});
  lseek(file, 0, SEEK_SET);
  std::string data = readFile(file);
  close(file);
  return data;
}

/// Runs in a process of its own. The answer is the two sizes of scratch
/// memory, then what was compiled.
static std::string compileKernel(KernelOp kernel, const KernelOptions &options,
                                 const std::string &targetName) {
  forgetHalideEnvironment();
  H::Target target = H::Target(targetName)
                         .with_feature(H::Target::NoRuntime)
                         .with_feature(H::Target::NoAsserts)
                         .with_feature(H::Target::NoBoundsQuery)
                         .with_feature(H::Target::UserContext);
  roundOnce(kernel);
  KernelPipeline built = buildKernelPipeline(kernel, options);
  H::Module module =
      H::Pipeline(built.outputs)
          .compile_to_module(built.arguments, kernel.getSymName().str(), target,
                             H::LinkageType::External);
  ScratchSize scratch = measureScratch(module);
  std::string answer(reinterpret_cast<const char *>(&scratch), sizeof scratch);
  switch (options.output) {
  case KernelOutput::Object:
    return answer + emit(module, H::OutputFileType::object);
  case KernelOutput::Llvm:
    return answer + emit(module, H::OutputFileType::llvm_assembly);
  case KernelOutput::Assembly:
    return answer + emit(module, H::OutputFileType::assembly);
  case KernelOutput::Statement:
    return answer + emit(module, H::OutputFileType::stmt);
  }
  llvm_unreachable("unknown output");
}

/// What compileKernel answers for each of `kernels`, in order.
static llvm::Expected<std::vector<std::string>>
compileInProcesses(ArrayRef<KernelOp> kernels, const KernelOptions &options) {
  if (kernels.empty())
    return std::vector<std::string>();
  llvm::Expected<std::string> target = halideTargetName(options.machine);
  if (!target)
    return target.takeError();
  return runInProcesses(
      kernels.size(), std::thread::hardware_concurrency(),
      [&](size_t i) { return compileKernel(kernels[i], options, *target); },
      [&](size_t i) { return KernelOp(kernels[i]).getSymName().str(); });
}

/// The same, where only kernels are compiled that the cache lacks.
static llvm::Expected<std::vector<std::string>>
findOrCompile(ArrayRef<KernelOp> kernels, const KernelOptions &options) {
  auto cache = KernelCache::open(options.cacheDir, options);
  if (!cache)
    return cache.takeError();
  std::vector<std::string> names, answers;
  SmallVector<KernelOp> missing;
  SmallVector<size_t> missingIndices;
  for (KernelOp kernel : kernels) {
    names.push_back(cache->nameOf(kernel));
    std::optional<std::string> answer = cache->find(names.back());
    if (!answer) {
      missingIndices.push_back(answers.size());
      missing.push_back(kernel);
    }
    answers.push_back(std::move(answer).value_or(""));
  }
  auto compiled = compileInProcesses(missing, options);
  if (!compiled)
    return compiled.takeError();
  for (auto [i, answer] : llvm::zip_equal(missingIndices, *compiled)) {
    if (llvm::Error error = cache->store(names[i], answer))
      return error;
    answers[i] = std::move(answer);
  }
  return answers;
}

llvm::Expected<std::vector<CompiledKernel>>
compileKernels(ModuleOp module, const KernelOptions &options) {
  SmallVector<KernelOp> kernels(module.getOps<KernelOp>());
  auto answers = options.cacheDir.empty() ? compileInProcesses(kernels, options)
                                          : findOrCompile(kernels, options);
  if (!answers)
    return answers.takeError();
  std::vector<CompiledKernel> compiled;
  for (auto [kernel, answer] : llvm::zip_equal(kernels, *answers)) {
    CompiledKernel &result = compiled.emplace_back();
    ScratchSize scratch;
    std::memcpy(&scratch, answer.data(), sizeof scratch);
    result.symbol = kernel.getSymName().str();
    result.object.assign(answer.begin() + sizeof scratch, answer.end());
    result.scratchBytes = scratch.outside;
    result.threadScratchBytes = scratch.perThread;
  }
  return compiled;
}

} // namespace convopt
