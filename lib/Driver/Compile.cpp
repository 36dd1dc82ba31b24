#include "convopt/Driver/Compile.h"
#include "ChoosePrimitives.h"
#include "Link.h"
#include "LoadModel.h"
#include "WriteModel.h"
#include "convopt/IR/KernelBody.h"
#include "convopt/Runtime/Runtime.h"
#include "convopt/Transforms/AssignLayouts.h"
#include "convopt/Transforms/FormKernels.h"
#include "convopt/Transforms/PackFilters.h"
#include "convopt/Transforms/Pipelines.h"
#include "convopt/Transforms/ScaleFilters.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/TargetSelect.h"

using namespace llvm;

namespace convopt {

std::string oneLine(Error error) {
  // Halide says what is wrong in one line and with what in the next.
  constexpr size_t longest = 1000;
  std::string text = toString(std::move(error)), joined;
  for (StringRef line : llvm::split(StringRef(text), '\n')) {
    line = line.trim();
    if (!line.empty())
      (joined += joined.empty() ? "" : " ") += line;
  }
  if (joined.size() > longest)
    joined.replace(longest, std::string::npos, "...");
  return joined;
}

namespace {

/// One compilation: what the stages hand on.
class Compilation {
public:
  explicit Compilation(const CompileOptions &options)
      : options(options), context(makeContext()), diagnostics(*context) {}

  Error run();

private:
  Error describeTarget();
  Error load();
  Error normalise();
  Error select();
  Error formAllKernels();
  Error compileAllKernels();
  Expected<LoweredMain> lower();
  Error lowerFunction();
  Error writeTexts();
  Error link();

  const CompileOptions &options;
  std::unique_ptr<mlir::MLIRContext> context;
  Diagnostics diagnostics;
  LLVMContext llvmContext;
  MachineDescription machine;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<CompiledKernel> kernels;
  std::unique_ptr<Module> llvmModule;
  FinishedModel model;
};

} // namespace

Error Compilation::run() {
  // For whom, and what.
  if (Error error = describeTarget())
    return error;
  if (Error error = load())
    return error;
  if (options.emit == Emit::Linalg)
    return writeModule(options.output, *module);

  // Which primitive for each convolution.
  if (Error error = normalise())
    return error;
  if (Error error = select())
    return error;
  if (options.emit == Emit::Annotated)
    return writeModule(options.output, *module);

  // What is computed together, each in machine code.
  if (Error error = formAllKernels())
    return error;
  if (Error error = compileAllKernels())
    return error;
  if (options.emit == Emit::Kernels)
    return writeKernels(options.output, *module, kernels);

  // What is left, and the description of the whole.
  if (Error error = lowerFunction())
    return error;
  if (options.emit == Emit::Llvm || options.emit == Emit::Asm)
    return writeTexts();

  // One object.
  if (Error error = link())
    return error;
  if (options.emit == Emit::Shared)
    return writeShared(options.output, model, machine);
  return writeObject(options.output, model);
}

Error Compilation::describeTarget() {
  Expected<MachineDescription> described = describeMachine(options.target);
  if (!described)
    return described.takeError();
  machine = *described;
  // An architecture without runtime is better known now than after a minute.
  return runtimeObject(machine).takeError();
}

Error Compilation::load() {
  auto loaded = loadModel(options, *context);
  if (!loaded)
    return diagnostics.explain(loaded.takeError());
  module = std::move(*loaded);
  Expected<mlir::func::FuncOp> main = findMain(*module);
  if (!main)
    return main.takeError();
  auto described = readInterface(*main);
  if (!described)
    return described.takeError();
  model.interface = *described;
  return Error::success();
}

Error Compilation::normalise() {
  mlir::PassManager pm(context.get());
  // Frontends other than ours leave arithmetic on whole tensors.
  pm.addNestedPass<mlir::func::FuncOp>(
      mlir::createConvertElementwiseToLinalgPass());
  buildNormalisePipeline(pm);
  if (mlir::failed(pm.run(*module)))
    return diagnostics.explain(createStringError("normalisation failed"));
  return Error::success();
}

Error Compilation::select() {
  Expected<mlir::func::FuncOp> main = findMain(*module);
  if (!main)
    return main.takeError();
  auto selection = choosePrimitives(*main, machine, options);
  if (!selection)
    return diagnostics.explain(selection.takeError());
  if (options.explain)
    selection->print(options.output == "-" ? errs() : outs());
  return Error::success();
}

Error Compilation::formAllKernels() {
  Expected<mlir::func::FuncOp> main = findMain(*module);
  if (!main)
    return main.takeError();
  if (Error error = assignLayouts(*main))
    return diagnostics.explain(std::move(error));
  formKernels(*module, mayStandInKernel);
  if (mlir::failed(packFilters(*module, machine)))
    return diagnostics.explain(createStringError("packing filters failed"));
  scaleFilters(*module, machine);
  return Error::success();
}

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

Error Compilation::compileAllKernels() {
  auto compiled = compileKernels(*module, {machine, options.threads,
                                           kernelOutputFor(options.emit),
                                           options.cacheDir});
  if (!compiled)
    return diagnostics.explain(compiled.takeError());
  kernels = std::move(*compiled);
  return Error::success();
}

Expected<LoweredMain> Compilation::lower() {
  if (!options.profile)
    return lowerMain(*module);
  auto costs = makeCostModel(options.costModel);
  if (!costs)
    return costs.takeError();
  ProfileRequest profile{machine, **costs};
  return lowerMain(*module, &profile);
}

Error Compilation::lowerFunction() {
  auto lowered = lower();
  if (!lowered)
    return diagnostics.explain(lowered.takeError());
  model.weights = std::move(lowered->weights);
  // Code reaches the weights, or over them, with 32 bits.
  constexpr int64_t most = (int64_t(1) << 31) - (64 << 20);
  if (model.weights.bytes > most)
    return createStringError("the weights take %lld bytes; an object can hold "
                             "%lld",
                             static_cast<long long>(model.weights.bytes),
                             static_cast<long long>(most));
  ModelFacts &facts = model.facts;
  facts.name = options.name;
  facts.threads = options.threads;
  facts.tensorBytes = lowered->memory.bytes;
  if (options.profile)
    facts.launches = std::move(lowered->launches);
  for (const CompiledKernel &kernel : kernels) {
    facts.scratchBytes = std::max(facts.scratchBytes, kernel.scratchBytes);
    facts.threadScratchBytes =
        std::max(facts.threadScratchBytes, kernel.threadScratchBytes);
  }
  if (options.explain)
    (options.output == "-" ? errs() : outs())
        << "workspace: " << lowered->memory.bytes
        << " bytes of tensors, of which at least " << lowered->memory.lowerBound
        << " are live at one time; "
        << facts.scratchBytes + facts.threads * facts.threadScratchBytes
        << " bytes of kernels' own\n";
  auto made =
      makeModelModule(*module, llvmContext, model.interface, facts, machine);
  if (!made)
    return diagnostics.explain(made.takeError());
  llvmModule = std::move(*made);
  return Error::success();
}

Error Compilation::writeTexts() {
  std::string text;
  raw_string_ostream os(text);
  if (options.emit == Emit::Llvm) {
    llvmModule->print(os, nullptr);
    return writeFolder(options.output, text, kernels, ".ll");
  }
  auto code = emitMachineCode(*llvmModule, machine, /*assembly=*/true);
  if (!code)
    return code.takeError();
  os << StringRef(code->data(), code->size());
  return writeFolder(options.output, text, kernels, ".s");
}

Error Compilation::link() {
  auto code = emitMachineCode(*llvmModule, machine, /*assembly=*/false);
  if (!code)
    return code.takeError();
  auto runtime = runtimeObject(machine);
  if (!runtime)
    return runtime.takeError();
  std::vector<ArrayRef<char>> objects;
  objects.push_back(*code);
  for (const CompiledKernel &kernel : kernels)
    objects.push_back(kernel.object);
  objects.push_back(
      {reinterpret_cast<const char *>(runtime->data()), runtime->size()});
  std::vector<std::string> symbols{model.facts.name + "_model"};
  if (options.profile)
    symbols.push_back(model.facts.name + "_profile");
  auto merged = mergeObjects(objects, symbols);
  if (!merged)
    return merged.takeError();
  model.object = std::move(*merged);
  return Error::success();
}

Error compile(const CompileOptions &options) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  return Compilation(options).run();
}

} // namespace convopt
