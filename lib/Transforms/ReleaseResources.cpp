#include "ReleaseResources.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace convopt {

ResourceReleaser::ResourceReleaser(ModuleOp module) {
  module.walk([&](arith::ConstantOp op) {
    // By the data: two attributes of different shape may share it.
    auto resource = dyn_cast<DenseResourceElementsAttr>(op.getValue());
    constants[resource ? resource.getRawHandle().getResource() : nullptr]
        .push_back(op);
  });
}

void ResourceReleaser::releaseUnused() {
  constants.remove_if([](auto &entry) {
    llvm::erase_if(entry.second, [](arith::ConstantOp op) {
      if (!op->use_empty())
        return false;
      op->erase();
      return true;
    });
    if (!entry.second.empty())
      return false;
    if (entry.first)
      entry.first->setBlob(AsmResourceBlob());
    return true;
  });
}

} // namespace convopt
