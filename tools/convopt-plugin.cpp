#include "convopt/Transforms/Passes.h"
#include "convopt/Transforms/Pipelines.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

/// mlir-opt --load-pass-plugin: enough to annotate plain linalg.
extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "convopt", "0.1", [] {
            convopt::registerConvoptPasses();
            convopt::registerConvoptPipelines();
          }};
}

/// mlir-opt --load-dialect-plugin: the tool can then also parse our attributes.
extern "C" LLVM_ATTRIBUTE_WEAK mlir::DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "convopt", "0.1",
          [](mlir::DialectRegistry *registry) {
            registry->insert<convopt::ConvoptDialect>();
            convopt::registerConvoptPasses();
            convopt::registerConvoptPipelines();
          }};
}
