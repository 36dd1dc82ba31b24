#include "convopt/Driver/Compile.h"
#include "Header.h"
#include "Link.h"
#include "LoadModel.h"
#include "OutputFile.h"
#include "convopt/Codegen/Kernels.h"
#include "convopt/Codegen/ModelModule.h"
#include "convopt/IR/KernelBody.h"
#include "convopt/Runtime/Runtime.h"
#include "convopt/Transforms/AssignLayouts.h"
#include "convopt/Transforms/FormKernels.h"
#include "convopt/Transforms/PackFilters.h"
#include "convopt/Transforms/Pipelines.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/TargetSelect.h"

using namespace llvm;

namespace convopt {

std::string oneLine(Error error) {
  std::string text = toString(std::move(error));
  return StringRef(text).rtrim().split('\n').first.str();
}

namespace {

/// One compilation: what the stages hand on.
class Compilation {
public:
  explicit Compilation(const CompileOptions &options)
      : options(options), context(makeContext()), diagnostics(*context) {}

  Error run() {
    // For whom, and what.
    if (Error error = describeTarget())
      return error;
    if (Error error = load())
      return error;
    if (options.emit == Emit::Linalg)
      return writeModule();

    // Which primitive for each convolution.
    if (Error error = select())
      return error;
    if (options.emit == Emit::Annotated)
      return writeModule();

    // What is computed together, each in machine code.
    if (Error error = formAllKernels())
      return error;
    if (Error error = compileAllKernels())
      return error;
    if (options.emit == Emit::Kernels)
      return writeKernels();

    // What is left, and the description of the whole.
    if (Error error = lowerFunction())
      return error;
    if (options.emit == Emit::Llvm || options.emit == Emit::Asm)
      return writeFolder();

    // One object.
    if (Error error = link())
      return error;
    return options.emit == Emit::Shared ? writeShared() : writeObject();
  }

private:
  Error describeTarget() {
    Expected<MachineDescription> described = describeMachine(options.target);
    if (!described)
      return described.takeError();
    machine = *described;
    // An architecture without runtime is better known now than after a minute.
    return runtimeObject(machine).takeError();
  }

  Error load() {
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
    interface = *described;
    return Error::success();
  }

  Error select() {
    mlir::PassManager pm(context.get());
    // Frontends other than ours leave arithmetic on whole tensors.
    pm.addNestedPass<mlir::func::FuncOp>(
        mlir::createConvertElementwiseToLinalgPass());
    buildNormalisePipeline(pm);
    if (mlir::failed(pm.run(*module)))
      return diagnostics.explain(createStringError("normalisation failed"));

    std::unique_ptr<CostModel> model;
    if (options.costModel.empty()) {
      model = createBuiltinCostModel();
    } else {
      auto loaded = loadCostModel(options.costModel);
      if (!loaded)
        return loaded.takeError();
      model = std::move(*loaded);
    }
    Expected<mlir::func::FuncOp> main = findMain(*module);
    if (!main)
      return main.takeError();
    SelectionOptions selectionOptions;
    selectionOptions.force = options.forcePrimitive;
    if (options.maxError > 0)
      selectionOptions.maxError = options.maxError;
    auto selection = selectPrimitives(*main, *model, machine, selectionOptions);
    if (!selection)
      return diagnostics.explain(selection.takeError());
    if (options.explain)
      selection->print(options.output == "-" ? errs() : outs());
    return Error::success();
  }

  Error formAllKernels() {
    Expected<mlir::func::FuncOp> main = findMain(*module);
    if (!main)
      return main.takeError();
    if (Error error = assignLayouts(*main))
      return diagnostics.explain(std::move(error));
    formKernels(*module, mayStandInKernel);
    if (mlir::failed(packFilters(*module, machine)))
      return diagnostics.explain(createStringError("packing filters failed"));
    return Error::success();
  }

  Error compileAllKernels() {
    KernelOptions kernelOptions{machine, options.threads, KernelOutput::Object};
    if (options.emit == Emit::Kernels)
      kernelOptions.output = KernelOutput::Statement;
    if (options.emit == Emit::Llvm)
      kernelOptions.output = KernelOutput::Llvm;
    if (options.emit == Emit::Asm)
      kernelOptions.output = KernelOutput::Assembly;
    auto compiled = compileKernels(*module, kernelOptions);
    if (!compiled)
      return diagnostics.explain(compiled.takeError());
    kernels = std::move(*compiled);
    return Error::success();
  }

  Error lowerFunction() {
    auto lowered = lowerMain(*module);
    if (!lowered)
      return diagnostics.explain(lowered.takeError());
    weights = std::move(lowered->weights);
    // Code reaches the weights, or over them, with 32 bits.
    constexpr int64_t most = (int64_t(1) << 31) - (64 << 20);
    if (weights.bytes > most)
      return createStringError(
          "the weights take %lld bytes; an object can hold %lld",
          static_cast<long long>(weights.bytes), static_cast<long long>(most));
    facts.name = options.name;
    facts.threads = options.threads;
    facts.tensorBytes = lowered->memory.bytes;
    for (const CompiledKernel &kernel : kernels) {
      facts.scratchBytes = std::max(facts.scratchBytes, kernel.scratchBytes);
      facts.threadScratchBytes =
          std::max(facts.threadScratchBytes, kernel.threadScratchBytes);
    }
    auto made =
        makeModelModule(*module, llvmContext, interface, facts, machine);
    if (!made)
      return diagnostics.explain(made.takeError());
    llvmModule = std::move(*made);
    return Error::success();
  }

  Error link() {
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
    auto merged = mergeObjects(objects, facts.name + "_model");
    if (!merged)
      return merged.takeError();
    object = std::move(*merged);
    return Error::success();
  }

  Error writeModule() {
    return writeOutput(options.output, [&](raw_ostream &os) {
      module->print(os);
      return Error::success();
    });
  }

  Error writeKernels() {
    return writeOutput(options.output, [&](raw_ostream &os) {
      module->print(os);
      for (const CompiledKernel &kernel : kernels)
        os << "\n// " << kernel.symbol << "\n"
           << StringRef(kernel.object.data(), kernel.object.size());
      return Error::success();
    });
  }

  /// One file for the model's function and its descriptor, one a kernel.
  Error writeFolder() {
    bool assembly = options.emit == Emit::Asm;
    std::string text;
    raw_string_ostream os(text);
    if (assembly) {
      auto code = emitMachineCode(*llvmModule, machine, true);
      if (!code)
        return code.takeError();
      os << StringRef(code->data(), code->size());
    } else {
      llvmModule->print(os, nullptr);
    }
    if (std::error_code code = sys::fs::create_directories(options.output))
      return createStringError("cannot write '%s': %s", options.output.c_str(),
                               code.message().c_str());
    if (Error error = writeOutput(
            options.output + (assembly ? "/main.s" : "/main.ll"), text))
      return error;
    for (const CompiledKernel &kernel : kernels)
      if (Error error = writeOutput(
              options.output + "/" + kernel.symbol + (assembly ? ".s" : ".ll"),
              StringRef(kernel.object.data(), kernel.object.size())))
        return error;
    return Error::success();
  }

  Error writeObjectTo(StringRef path) {
    return writeOutput(path, [&](raw_ostream &os) {
      return writeWithSection(os, object, weightsSection,
                              std::max<int64_t>(weights.bytes, 64),
                              [&](raw_ostream &os) {
                                weights.write(os);
                                if (!weights.bytes)
                                  os.write_zeros(64);
                              });
    });
  }

  /// model.h beside model.o; neither without the other.
  Error writeHeader() {
    SmallString<128> path(options.output);
    sys::path::replace_extension(path, ".h");
    Error error = writeOutput(path, makeHeader(interface, facts));
    if (error)
      sys::fs::remove(options.output);
    return error;
  }

  /// A header beside a device would make no sense.
  Error checkOutput() {
    if (isSpecialFile(options.output))
      return createStringError("cannot write '%s': it is not a file",
                               options.output.c_str());
    return Error::success();
  }

  Error writeObject() {
    if (Error error = checkOutput())
      return error;
    if (Error error = writeObjectTo(options.output))
      return error;
    return writeHeader();
  }

  Error writeShared() {
    if (Error error = checkOutput())
      return error;
    std::string relocatable = options.output + ".o.tmp";
    std::string linked = options.output + ".tmp";
    auto cleanUp = make_scope_exit([&] {
      sys::fs::remove(relocatable);
      sys::fs::remove(linked);
    });
    if (Error error = writeObjectTo(relocatable))
      return error;
    if (Error error = linkShared(relocatable, linked, machine))
      return error;
    if (std::error_code code = sys::fs::rename(linked, options.output))
      return createStringError("cannot write '%s': %s", options.output.c_str(),
                               code.message().c_str());
    return writeHeader();
  }

  const CompileOptions &options;
  std::unique_ptr<mlir::MLIRContext> context;
  Diagnostics diagnostics;
  LLVMContext llvmContext;
  MachineDescription machine;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  ModelInterface interface;
  std::vector<CompiledKernel> kernels;
  ConstantPool weights;
  ModelFacts facts;
  std::unique_ptr<Module> llvmModule;
  std::vector<char> object;
};

} // namespace

Error compile(const CompileOptions &options) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  InitializeAllAsmPrinters();
  return Compilation(options).run();
}

} // namespace convopt
