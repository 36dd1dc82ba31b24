#include "convopt/Transforms/Pipelines.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace convopt {

void buildNormalisePipeline(OpPassManager &pm) {
  // Names, shapes and constants as simple as they get; padding of padding is
  // joined here.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // Before anything counts elements and divides by that.
  pm.addPass(createFoldEmpty());
  // Before anything asks whether an operand is constant.
  pm.addPass(createFoldConstants());
  // Brings reshapes, which the next pass moves out of the way; that reshapes
  // the constants of the operations it moves them past.
  pm.addPass(createMatmulToConv());
  pm.addPass(createSinkReshapes());
  pm.addPass(createFoldConstants());
  // While batch normalisation is still an operation of its own.
  pm.addPass(createFoldAffine());
  pm.addPass(createFuseElementwise());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  // Undoes what common subexpression elimination did to padding.
  pm.addPass(createUnsharePads());
}

void registerConvoptPipelines() {
  // Once, though a plugin has two entry points.
  static PassPipelineRegistration<> normalise(
      "convopt-normalise",
      "Bring a model into the form that primitives are chosen for",
      buildNormalisePipeline);
}

} // namespace convopt
