// The order of the passes is the design; beside each stands why it is where it
// is. What all of them rest on: canonicalisation and common subexpressions come
// where they make something recognisable for the next pass, not after every
// one, and a pass that makes constants comes before one that asks for them.

#include "convopt/Transforms/Pipelines.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace convopt {

void buildNormalisePipeline(OpPassManager &pm, Activations activations) {
  // Every function is looked at alone, and one is compiled. What the inliner
  // would simplify on its way, the next passes do.
  pm.addPass(createInlinerPass({}, [](OpPassManager &) {}));
  // Frontends other than ours leave arithmetic on whole tensors.
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  // Names, shapes and constants as simple as they get; padding of padding is
  // joined here.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createResolveShapes());
  pm.addPass(createCSEPass());
  // Before anything asks what an operation is.
  pm.addPass(createSimplifyGenerics());
  // Before anything counts elements and divides by that.
  pm.addPass(createFoldEmpty());
  // Before filters of 8-bit integers become numbers, which the next one does.
  pm.addPass(createFoldQuantisation(FoldQuantisationOptions{activations}));
  // Before anything looks at the operands of every concatenation.
  pm.addPass(createSharePrefixes());
  // Before anything asks whether an operand is constant.
  pm.addPass(createFoldConstants());
  // While bias and activation still follow the convolution directly; brings
  // reshapes, too.
  pm.addPass(createPlanarConvolutions());
  // Brings reshapes, which the next pass moves out of the way; that reshapes
  // the constants of the operations it moves them past.
  pm.addPass(createMatmulToConv());
  pm.addPass(createSinkReshapes());
  pm.addPass(createFoldConstants());
  // While batch normalisation is still an operation of its own.
  pm.addPass(createFoldAffine());
  pm.addPass(createFuseElementwise());
  // Constants of several operations are in one body now.
  pm.addPass(createFoldRescaling());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // Undoes what common subexpression elimination did to padding.
  pm.addPass(createUnsharePads());
}

void buildKernelsPipeline(OpPassManager &pm, const TargetRequest &request) {
  // Kernels read and write the layouts that their primitives ask for.
  pm.addNestedPass<func::FuncOp>(createAssignLayouts());
  // What these put behind convolutions stands in their kernels, in any layout.
  pm.addPass(createScaleNarrowWeights());
  pm.addPass(createNarrowImages());
  pm.addPass(createStoreBytes());
  pm.addPass(createFormKernels());
  // Only in a kernel may a filter be in an order that linalg has no name for.
  PackFiltersOptions pack{request.target, request.cpu, request.features};
  pm.addPass(createPackFilters(pack));
  // What it compares is the packed filter with the image.
  ScaleFiltersOptions scale{request.target, request.cpu, request.features};
  pm.addPass(createScaleFilters(scale));
}

void buildPlacementPipeline(OpPassManager &pm, Placement *placement) {
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  pm.addNestedPass<func::FuncOp>(createOutputsToArguments());
  pm.addPass(createBufferize());
  {
    auto &nested = pm.nest<func::FuncOp>();
    nested.addPass(createCanonicalizerPass());
    nested.addPass(createCSEPass());
    // Equal subviews are one now, so a copy from one to the other folds.
    nested.addPass(createCanonicalizerPass());
    // Its copies have to be planned for.
    nested.addPass(createDenseLaunchOperands());
    nested.addPass(createReplaceEmptyArguments());
  }
  pm.addPass(placement ? createPoolConstants([=](ConstantPool pool) {
    placement->weights = std::move(pool);
  })
                       : createPoolConstants());
  // The constants have moved.
  pm.addPass(createSymbolDCEPass());
  pm.addNestedPass<func::FuncOp>(placement
                                     ? createPlanMemory([=](MemoryPlan plan) {
                                         placement->memory.push_back(plan);
                                       })
                                     : createPlanMemory());
}

void buildLoweringPipeline(OpPassManager &pm, bool observe) {
  {
    auto &nested = pm.nest<func::FuncOp>();
    nested.addPass(createLowerTopK());
    nested.addPass(createInlineLoops());
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
    nested.addPass(createRoundOnce());
    arith::ArithExpandOpsPassOptions expand;
    expand.includeBf16 = true;
    nested.addPass(arith::createArithExpandOpsPass(expand));
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

namespace {
struct NormaliseOptions : PassPipelineOptions<NormaliseOptions> {
  Option<Activations> activations{
      *this, "activations",
      llvm::cl::desc("Sign of what is multiplied by filters of 8-bit "
                     "integers: as-is, u8 or s8"),
      llvm::cl::init(Activations::AsIs),
      llvm::cl::values(
          clEnumValN(Activations::AsIs, "as-is", "As the model has it"),
          clEnumValN(Activations::Unsigned, "u8", "Unsigned: for x86"),
          clEnumValN(Activations::Signed, "s8", "Signed: for ARM"))};
};

struct KernelsOptions : PassPipelineOptions<KernelsOptions> {
  Option<std::string> target{
      *this, "target", llvm::cl::desc("host, x86-64, aarch64 or a triple"),
      llvm::cl::init(TargetRequest().target)};
  Option<std::string> cpu{*this, "cpu",
                          llvm::cl::desc("CPU; empty: the target's default")};
  Option<std::string> features{*this, "features",
                               llvm::cl::desc("CPU features: +a,-b")};
};

struct LoweringOptions : PassPipelineOptions<LoweringOptions> {
  Option<bool> observe{*this, "observe",
                       llvm::cl::desc("Announce each launch to the runtime"),
                       llvm::cl::init(false)};
};
} // namespace

void registerConvoptPipelines() {
  // Once, though a plugin has two entry points.
  static PassPipelineRegistration<NormaliseOptions> normalise(
      "convopt-normalise",
      "Bring a model into the form that primitives are chosen for",
      [](OpPassManager &pm, const NormaliseOptions &options) {
        buildNormalisePipeline(pm, options.activations);
      });
  static PassPipelineRegistration<KernelsOptions> kernels(
      "convopt-kernels",
      "Form the kernels of a model whose primitives are chosen",
      [](OpPassManager &pm, const KernelsOptions &options) {
        buildKernelsPipeline(pm,
                             {options.target, options.cpu, options.features});
      });
  static PassPipelineRegistration<> place(
      "convopt-place", "Give every tensor outside of kernels a place in memory",
      [](OpPassManager &pm) { buildPlacementPipeline(pm); });
  static PassPipelineRegistration<LoweringOptions> lower(
      "convopt-lower", "Lower what is not in kernels to the LLVM dialect",
      [](OpPassManager &pm, const LoweringOptions &options) {
        buildLoweringPipeline(pm, options.observe);
      });
}

} // namespace convopt
