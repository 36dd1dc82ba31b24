#include "CompileTasks.h"
#include "TaskKernel.h"
#include "convopt/Driver/LoadModel.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"

using namespace convopt;
using llvm::createStringError;

llvm::Expected<std::vector<CompiledKernel>>
convopt::compileTasks(llvm::ArrayRef<Task> tasks, const KernelOptions &options,
                      std::vector<std::string> &failures,
                      std::vector<std::vector<int64_t>> &buffers) {
  std::unique_ptr<mlir::MLIRContext> context = makeContext();
  Diagnostics diagnostics(*context);
  std::vector<std::string> texts;
  for (const Task &task : tasks)
    texts.push_back(kernelText(task, options.machine, *context));
  auto compile = [&](const std::string &text)
      -> llvm::Expected<std::vector<CompiledKernel>> {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, context.get());
    if (!module)
      return diagnostics.explain(createStringError("no kernel: " + text));
    buffers.clear();
    for (KernelOp kernel : module->getOps<KernelOp>())
      buffers.push_back(bufferBytes(kernel));
    return compileKernels(*module, options);
  };
  failures.assign(tasks.size(), "");
  auto all = compile(llvm::join(texts, "\n"));
  if (all)
    return all;
  // One of them fails, or more: each alone.
  llvm::consumeError(all.takeError());
  std::vector<CompiledKernel> kernels(tasks.size());
  std::vector<std::vector<int64_t>> allBuffers(tasks.size());
  for (size_t i = 0; i < tasks.size(); ++i) {
    auto one = compile(texts[i]);
    if (one) {
      kernels[i] = std::move(one->front());
      allBuffers[i] = std::move(buffers.front());
    } else {
      failures[i] = oneLine(one.takeError());
    }
  }
  buffers = std::move(allBuffers);
  return kernels;
}
