// The weights of a model are resources of MLIR's context: attributes are unique
// and live as long as it does, so a filter that was packed would stay beside
// its packed copy until the end, and a compilation would need the memory of
// several models. Attributes themselves cannot be freed, but the data that one
// refers to can: what no constant uses any more is replaced by nothing.

#include "ReleaseResources.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {

ResourceReleaser::ResourceReleaser(ModuleOp module)
    : module(module), remembered(findEntries()) {
  module.walk([&](Operation *op) {
    if (isa<arith::ConstantOp>(op))
      return;
    for (NamedAttribute attr : op->getAttrs())
      attr.getValue().walk([&](DenseResourceElementsAttr resource) {
        kept.insert(resource.getRawHandle().getResource());
      });
  });
}

llvm::SetVector<ResourceReleaser::Entry> ResourceReleaser::findEntries() {
  llvm::SetVector<Entry> entries;
  module.walk([&](arith::ConstantOp op) {
    // By the data: attributes of different shape may share it.
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(op.getValue()))
      entries.insert(resource.getRawHandle().getResource());
  });
  return entries;
}

void ResourceReleaser::releaseUnused() {
  module.walk([](arith::ConstantOp op) {
    if (op->use_empty())
      op->erase();
  });
  llvm::SetVector<Entry> used = findEntries();
  for (Entry entry : remembered)
    if (!used.contains(entry) && !kept.contains(entry))
      entry->setBlob(AsmResourceBlob());
  remembered = std::move(used);
}

} // namespace convopt
