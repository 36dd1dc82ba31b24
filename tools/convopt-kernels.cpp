#include "convopt/Codegen/Kernels.h"
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
                          "object, of a module with one kernel")));

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
  for (const CompiledKernel &kernel : *kernels) {
    if (emitted == KernelOutput::Statement)
      file.os() << "// " << kernel.symbol << ": scratch " << kernel.scratchBytes
                << " and " << kernel.threadScratchBytes << " per thread\n";
    file.os().write(kernel.object.data(), kernel.object.size());
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
