#include "convopt/Codegen/Kernels.h"
#include "convopt/Driver/Link.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/ToolOutputFile.h"
#include "llvm/Support/WithColor.h"

namespace cl = llvm::cl;
using namespace convopt;

static cl::opt<std::string> inputFile(cl::Positional, cl::desc("<file.mlir>"),
                                      cl::init("-"));
static cl::opt<std::string> outputFile("o", cl::desc("File to write"),
                                       cl::init("-"));
static cl::opt<std::string> target("target", cl::init("x86-64"),
                                   cl::desc("host, x86-64, aarch64, a triple"));
static cl::opt<std::string> cpu("cpu", cl::desc("Name of the CPU"));
static cl::opt<int64_t> threads("kernel-threads", cl::init(1),
                                cl::desc("Threads that run one kernel"));
static cl::opt<KernelOutput> emitted(
    "emit", cl::desc("What to write"), cl::init(KernelOutput::Statement),
    cl::values(clEnumValN(KernelOutput::Statement, "stmt", "Halide statement"),
               clEnumValN(KernelOutput::Assembly, "asm", "assembly"),
               clEnumValN(KernelOutput::Object, "obj",
                          "one object of all kernels")));

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
  cl::ParseCommandLineOptions(argc, argv, "convopt's kernel compiler\n");
  if (llvm::Error error = compile()) {
    llvm::WithColor::error() << toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
