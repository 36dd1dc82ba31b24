#include "convopt/Codegen/MainFunction.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace convopt {

/// Tensors become buffers.
static void buildBufferization(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  pm.addNestedPass<func::FuncOp>(createOutputsToArguments());
  pm.addPass(createBufferize());
  auto &nested = pm.nest<func::FuncOp>();
  nested.addPass(createCanonicalizerPass());
  nested.addPass(createCSEPass());
  // Equal subviews are one now, so a copy from one to the other folds.
  nested.addPass(createCanonicalizerPass());
  nested.addPass(createDenseLaunchOperands());
}

/// Buffers become addresses, and what is not in kernels becomes loops.
static void buildLlvmLowering(OpPassManager &pm, bool observe) {
  {
    auto &nested = pm.nest<func::FuncOp>();
    nested.addPass(createLowerTopK());
    nested.addPass(createConvertLinalgToLoopsPass());
    nested.addPass(createConvertSCFToCFPass());
    // Not after launches ask for addresses: it takes the address of a
    // memref.view for that of its source.
    nested.addPass(memref::createExpandStridedMetadataPass());
  }
  LowerLaunchesOptions launches;
  launches.observe = observe;
  pm.addPass(createLowerLaunches(launches));
  {
    auto &nested = pm.nest<func::FuncOp>();
    nested.addPass(createLowerAffinePass());
    nested.addPass(arith::createArithExpandOpsPass());
    nested.addPass(createConvertMathToLLVMPass());
  }
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  ConvertFuncToLLVMPassOptions bare;
  bare.useBarePtrCallConv = true;
  pm.addPass(createConvertFuncToLLVMPass(bare));
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

/// A memref without elements cannot be passed as a bare pointer: such arguments
/// become one byte, of which the function sees an empty view.
static void replaceEmptyArguments(func::FuncOp func) {
  OpBuilder builder(func.getBody());
  auto byte = MemRefType::get({1}, builder.getI8Type());
  for (BlockArgument argument : func.getArguments()) {
    auto type = cast<MemRefType>(argument.getType());
    if (type.getNumElements() != 0)
      continue;
    Value zero = builder.create<arith::ConstantIndexOp>(func.getLoc(), 0);
    auto view = builder.create<memref::ViewOp>(func.getLoc(), type, argument,
                                               zero, ValueRange());
    argument.replaceAllUsesExcept(view, view);
    argument.setType(byte);
  }
  func.setType(builder.getFunctionType(func.front().getArgumentTypes(),
                                       func.getResultTypes()));
}

static llvm::Error runPipeline(ModuleOp module,
                               llvm::function_ref<void(OpPassManager &)> build,
                               const char *what) {
  PassManager pm(module.getContext());
  build(pm);
  if (failed(pm.run(module)))
    return llvm::createStringError("%s failed", what);
  return llvm::Error::success();
}

llvm::Expected<LoweredMain> lowerMain(ModuleOp module,
                                      const ProfileRequest *profile) {
  llvm::Expected<func::FuncOp> main = findMain(module);
  if (!main)
    return main.takeError();
  if (llvm::Error error =
          runPipeline(module, buildBufferization, "bufferization"))
    return error;

  replaceEmptyArguments(*main);

  LoweredMain result;
  FailureOr<ConstantPool> weights = poolConstants(*main);
  if (failed(weights))
    return llvm::createStringError("constants could not be placed");
  result.weights = std::move(*weights);
  for (auto global :
       llvm::make_early_inc_range(module.getOps<memref::GlobalOp>()))
    global.erase();
  FailureOr<MemoryPlan> memory = planMemory(*main);
  if (failed(memory))
    return llvm::createStringError("memory could not be planned");
  result.memory = *memory;

  if (profile)
    result.launches = profileLaunches(*main, profile->machine, profile->model);
  main->setName("convopt_function");
  auto build = [&](OpPassManager &pm) { buildLlvmLowering(pm, profile); };
  if (llvm::Error error = runPipeline(module, build, "lowering"))
    return error;
  return result;
}

} // namespace convopt
