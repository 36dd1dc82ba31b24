#include "Version.h"
#include "convopt/Transforms/Passes.h"
#include "convopt/Transforms/Pipelines.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

/// mlir-opt with convopt's dialect and passes.
int main(int argc, char **argv) {
  convopt::setVersionText();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllPasses();
  registry.insert<convopt::ConvoptDialect>();
  convopt::registerConvoptPasses();
  convopt::registerConvoptPipelines();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "convopt optimizer driver\n", registry));
}
