// Of a model that is compiled once more within another limit most kernels are
// the same, and compiling them is most of the time. They are known by their
// text, symbol included.

#include "KernelMemory.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace convopt {

static std::string textOf(KernelOp kernel) {
  std::string text;
  llvm::raw_string_ostream os(text);
  kernel.print(os);
  return text;
}

llvm::Expected<std::vector<CompiledKernel>>
KernelMemory::compile(Environment &environment, ModuleOp module,
                      const KernelOptions &options) {
  std::vector<std::string> texts, missing;
  OwningOpRef<ModuleOp> rest = ModuleOp::create(module.getLoc());
  OpBuilder builder = OpBuilder::atBlockEnd(rest->getBody());
  for (KernelOp kernel : module.getOps<KernelOp>()) {
    texts.push_back(textOf(kernel));
    if (known.count(texts.back()))
      continue;
    missing.push_back(texts.back());
    builder.clone(*kernel);
  }
  if (!missing.empty()) {
    auto compiled = environment.compileKernels(*rest, options);
    if (!compiled)
      return compiled.takeError();
    for (auto [text, kernel] : llvm::zip_equal(missing, *compiled))
      known.emplace(text, std::move(kernel));
  }
  std::vector<CompiledKernel> all;
  for (const std::string &text : texts)
    all.push_back(known.at(text));
  return all;
}

} // namespace convopt
