#include "KernelRunner.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

// Of LeakSanitizer, in a build that has it.
extern "C" {
[[gnu::weak]] void __lsan_disable();
[[gnu::weak]] void __lsan_enable();
}

namespace convopt::test {

/// A function with the kernel's body.
static OwningOpRef<ModuleOp> makeFunction(ModuleOp module) {
  OwningOpRef<ModuleOp> copy(module.clone());
  KernelOp kernel = *copy->getOps<KernelOp>().begin();
  OpBuilder builder(kernel);
  auto function = builder.create<func::FuncOp>(kernel.getLoc(), "reference",
                                               kernel.getFunctionType());
  function.getBody().takeBody(kernel.getBody());
  Operation *yield = function.getBody().front().getTerminator();
  builder.setInsertionPoint(yield);
  builder.create<func::ReturnOp>(yield->getLoc(), yield->getOperands());
  yield->erase();
  kernel.erase();
  RewritePatternSet patterns(&context());
  tensor::populateDecomposeTensorConcatPatterns(patterns);
  (void)applyPatternsAndFoldGreedily(*copy, std::move(patterns));
  return copy;
}

static bool lowerToLLVM(ModuleOp module) {
  static bool registered = [] {
    registerAllPasses();
    return true;
  }();
  (void)registered;
  PassManager passes(&context());
  if (failed(parsePassPipeline(
          "one-shot-bufferize{bufferize-function-boundaries "
          "function-boundary-type-conversion=identity-layout-map},"
          "buffer-results-to-out-params,func.func(convert-linalg-to-loops),"
          "expand-strided-metadata,lower-affine,convert-scf-to-cf,"
          "func.func(arith-expand),convert-math-to-llvm,convert-math-to-libm,"
          "finalize-memref-to-llvm,"
          "convert-func-to-llvm{use-bare-ptr-memref-call-conv=true},"
          "convert-index-to-llvm,convert-arith-to-llvm,convert-cf-to-llvm,"
          "reconcile-unrealized-casts",
          passes)))
    return false;
  return succeeded(passes.run(module));
}

std::vector<Tensor> runReference(ModuleOp module,
                                 const std::vector<Tensor> &inputs) {
  KernelOp kernel = *module.getOps<KernelOp>().begin();
  std::vector<Tensor> results;
  for (Type type : kernel.getResultTypes())
    results.emplace_back(cast<RankedTensorType>(type));
  OwningOpRef<ModuleOp> lowered = makeFunction(module);
  static bool registered = [] {
    DialectRegistry registry;
    registerAllToLLVMIRTranslations(registry);
    context().appendDialectRegistry(registry);
    return true;
  }();
  (void)registered;
  if (!lowerToLLVM(*lowered)) {
    ADD_FAILURE() << "the reference does not compile";
    return {};
  }
  auto llvmContext = std::make_unique<llvm::LLVMContext>();
  auto llvmModule = translateModuleToLLVMIR(*lowered, *llvmContext);
  auto jit = createJit();
  llvm::cantFail(jit->addIRModule(llvm::orc::ThreadSafeModule(
      std::move(llvmModule), std::move(llvmContext))));
  auto *call = llvm::cantFail(jit->lookup("reference"))
                   .toPtr<void (*)(const void *, ...)>();
  const void *p[8] = {};
  size_t n = 0;
  std::vector<Tensor> copies = inputs; // It may work in place.
  for (const Tensor &input : copies)
    p[n++] = input.bytes.data();
  for (Tensor &result : results)
    p[n++] = result.bytes.data();
  EXPECT_LE(n, 8u);
  // It frees nothing of what it allocates.
  if (__lsan_disable)
    __lsan_disable();
  call(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]);
  if (__lsan_enable)
    __lsan_enable();
  return results;
}

} // namespace convopt::test
