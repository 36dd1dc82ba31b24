#include "convopt/Transforms/Pipelines.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace convopt {

void buildNormalisePipeline(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createFoldConstants());
  pm.addPass(createFoldAffine());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void registerConvoptPipelines() {
  // Once, though a plugin has two entry points.
  static PassPipelineRegistration<> normalise(
      "convopt-normalise",
      "Bring a model into the form that primitives are chosen for",
      buildNormalisePipeline);
}

} // namespace convopt
