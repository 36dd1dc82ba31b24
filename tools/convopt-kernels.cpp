#include "Version.h"
#include "convopt/Codegen/Kernels.h"
#include "convopt/Driver/Link.h"
#include "convopt/IR/NearestName.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/ToolOutputFile.h"
#include "llvm/Support/WithColor.h"

namespace cl = llvm::cl;
using namespace convopt;

static cl::OptionCategory category("convopt-kernels options");
static cl::opt<std::string> inputFile(cl::Positional, cl::desc("<file.mlir>"),
                                      cl::init("-"), cl::cat(category));
static cl::opt<std::string> outputFile("o", cl::desc("File to write"),
                                       cl::value_desc("file"), cl::init("-"),
                                       cl::cat(category));
static cl::opt<std::string> target("target", cl::init("x86-64"),
                                   cl::value_desc("machine"),
                                   cl::desc("host, x86-64, aarch64, a triple"),
                                   cl::cat(category));
static cl::opt<std::string> cpu("cpu", cl::value_desc("name"),
                                cl::desc("Name of the CPU"), cl::cat(category));
static cl::opt<int64_t> threads("kernel-threads", cl::init(1),
                                cl::value_desc("n"),
                                cl::desc("Threads that run one kernel"),
                                cl::cat(category));
static cl::opt<std::string>
    emit("emit", cl::init("stmt"), cl::value_desc("what"),
         cl::desc("stmt: Halide's statements (default)\n"
                  "asm: assembly\n"
                  "obj: one object of all kernels"),
         cl::cat(category));

static KernelOutput emitted = KernelOutput::Statement;

static llvm::Error parseEmit() {
  if (emit == "asm")
    emitted = KernelOutput::Assembly;
  else if (emit == "obj")
    emitted = KernelOutput::Object;
  else if (emit != "stmt")
    return llvm::createStringError("--emit=" + emit +
                                   ": expected stmt, asm or obj" +
                                   didYouMean(emit, {"stmt", "asm", "obj"}));
  return llvm::Error::success();
}

/// One object of all kernels, which still needs the runtime.
static llvm::Expected<std::vector<char>>
merge(llvm::ArrayRef<CompiledKernel> kernels) {
  if (kernels.empty())
    return llvm::createStringError("the module has no kernel");
  std::vector<llvm::ArrayRef<char>> objects;
  std::vector<std::string> symbols;
  for (const CompiledKernel &kernel : kernels) {
    objects.push_back(kernel.object);
    symbols.push_back(kernel.symbol);
  }
  return mergeObjects(objects, symbols,
                      {"halide_do_par_for", "halide_malloc", "halide_free"});
}

static void print(llvm::raw_ostream &os,
                  llvm::ArrayRef<CompiledKernel> kernels) {
  for (const CompiledKernel &kernel : kernels) {
    if (emitted == KernelOutput::Statement)
      os << "// " << kernel.symbol << ": scratch " << kernel.scratchBytes
         << " and " << kernel.threadScratchBytes << " per thread\n";
    os.write(kernel.object.data(), kernel.object.size());
  }
}

static llvm::Error compile() {
  if (llvm::Error error = parseEmit())
    return error;
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registry.insert<ConvoptDialect>();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(inputFile, &context);
  if (!module)
    return llvm::createStringError("'" + inputFile + "' is not valid");
  TargetRequest request;
  request.target = target;
  request.cpu = cpu;
  llvm::Expected<MachineDescription> machine = describeMachine(request);
  if (!machine)
    return machine.takeError();
  KernelOptions options{*machine, threads, emitted};
  auto kernels = compileKernels(*module, options);
  if (!kernels)
    return kernels.takeError();
  std::error_code failure;
  llvm::ToolOutputFile file(outputFile, failure, llvm::sys::fs::OF_None);
  if (failure)
    return llvm::createStringError(outputFile + ": " + failure.message());
  if (emitted == KernelOutput::Object) {
    auto merged = merge(*kernels);
    if (!merged)
      return merged.takeError();
    file.os().write(merged->data(), merged->size());
  } else {
    print(file.os(), *kernels);
  }
  file.keep();
  return llvm::Error::success();
}

/// Compiles the kernels of an MLIR module alone, to look at them.
int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  convopt::setVersionText();
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "convopt's kernel compiler\n");
  if (llvm::Error error = compile()) {
    llvm::WithColor::error() << toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
