// One kernel, one object. Halide's defaults for a function that anybody may
// call are taken off: no runtime of its own (the object has ours), no checks
// and no bounds queries of buffers, whose shapes are constants that the caller
// was compiled with, and the first argument is the context from which our
// runtime hands out memory and threads. Halide writes objects to files only, so
// it is given one that exists in memory.

#include "convopt/Codegen/Kernels.h"
#include "Halide/BfloatOperands.h"
#include "Halide/EmulatedCasts.h"
#include "Halide/KeptInResult.h"
#include "Halide/KernelPipeline.h"
#include "Halide/LoweringPasses.h"
#include "Halide/Recurrence.h"
#include "Halide/RoundedIntegers.h"
#include "Halide/ScratchSize.h"
#include "KernelCache.h"
#include "KernelWorkers.h"
#include "convopt/Transforms/Lowering.h"
#include <map>
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

/// What Halide writes to files that exist in memory only: for each of `types`
/// a text or an object, of one and the same compilation.
static std::vector<std::string> emit(const H::Module &module,
                                     ArrayRef<H::OutputFileType> types) {
  std::map<H::OutputFileType, std::string> paths;
  std::vector<int> files;
  for (H::OutputFileType type : types) {
    files.push_back(memfd_create("convopt-kernel", 0));
    if (files.back() < 0)
      throw std::runtime_error("no memory for a kernel's object");
    paths[type] = "/proc/self/fd/" + std::to_string(files.back());
  }
  module.compile(paths);
  std::vector<std::string> data;
  for (int file : files) {
    lseek(file, 0, SEEK_SET);
    data.push_back(readFile(file));
    close(file);
  }
  return data;
}

static std::string emit(const H::Module &module, KernelOutput output) {
  using H::OutputFileType;
  switch (output) {
  case KernelOutput::Object:
    return emit(module, OutputFileType::object).front();
  case KernelOutput::Llvm:
    return emit(module, OutputFileType::llvm_assembly).front();
  case KernelOutput::Assembly:
    return emit(module, OutputFileType::assembly).front();
  case KernelOutput::Statement:
    return emit(module, OutputFileType::stmt).front();
  case KernelOutput::Listing: {
    auto both =
        emit(module, {OutputFileType::assembly, OutputFileType::llvm_assembly});
    return both[0] + '\0' + both[1];
  }
  }
  llvm_unreachable("unknown output");
}

static H::Module lowerKernel(KernelOp kernel, const KernelOptions &options,
                             const H::Target &target) {
  if (findRecurrence(kernel))
    return buildRecurrence(kernel, options, target);
  const bool toBfloat = roundsOperandsToBfloat(kernel, options.machine);
  KernelPipeline built = buildKernelPipeline(kernel, options);
  H::Pipeline pipeline(built.outputs);
  addLoweringPasses(pipeline, options.machine, toBfloat);
  if (built.keepsInResult)
    pipeline.add_custom_lowering_pass(new KeepInResult(built.outputs.front()));
  return pipeline.compile_to_module(built.arguments, kernel.getSymName().str(),
                                    target, H::LinkageType::External);
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
  keepNaNInCasts(kernel, options.machine);
  roundByAddition(kernel, options.machine);
  H::Module module = lowerKernel(kernel, options, target);
  ScratchSize scratch = measureScratch(module);
  std::string answer(reinterpret_cast<const char *>(&scratch), sizeof scratch);
  return answer + emit(module, options.output);
}

/// What compileKernel answers for each of `kernels`, in order.
static llvm::Expected<std::vector<std::string>>
compileInProcesses(ArrayRef<KernelOp> kernels, const KernelOptions &options,
                   size_t alreadyThere = 0) {
  if (kernels.empty())
    return std::vector<std::string>();
  llvm::Expected<std::string> target = halideTargetName(options.machine);
  if (!target)
    return target.takeError();
  auto count = [&](size_t done) {
    options.progress(alreadyThere + done, alreadyThere + kernels.size());
  };
  llvm::function_ref<void(size_t)> progress;
  if (options.progress)
    progress = count;
  return runInProcesses(
      kernels.size(), std::thread::hardware_concurrency(),
      [&](size_t i) { return compileKernel(kernels[i], options, *target); },
      [&](size_t i) { return KernelOp(kernels[i]).getSymName().str(); },
      progress);
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
  auto compiled =
      compileInProcesses(missing, options, kernels.size() - missing.size());
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
