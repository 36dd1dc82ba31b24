// A file as it may be damaged on its way: bytes to the importer. What is no
// protobuf any more is most of it; Graph.cpp goes where these do not come.

#include "KeptContext.h"
#include "Target.h"
#include "convopt/Import/Import.h"

using namespace convopt;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ImportOptions options;
  options.memory = ModelBytes{{reinterpret_cast<const char *>(data), size}};
  static KeptContext kept([] {
    return std::make_unique<mlir::MLIRContext>(
        mlir::MLIRContext::Threading::DISABLED);
  });
  std::shared_ptr<mlir::MLIRContext> context = kept.next();
  if (auto module = importOnnx("model.onnx", *context, options))
    (void)*module;
  else
    llvm::consumeError(module.takeError());
  return 0;
}
