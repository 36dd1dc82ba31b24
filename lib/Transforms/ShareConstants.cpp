// The weights of one model for two sizes are equal, but nothing says so: each
// import reads them, and each normalisation folds them, anew. So they are
// compared by content once a module is normalised. From there on the same
// weight is the same attribute, which is how selection recognises a filter that
// has been packed for another size, and the memory is that of one model.

#include "convopt/Transforms/ShareConstants.h"
#include "ReleaseResources.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace convopt {

void ConstantSharer::share(ModuleOp module) {
  ResourceReleaser releaser(module);
  module.walk([&](arith::ConstantOp op) {
    auto value = dyn_cast<DenseResourceElementsAttr>(op.getValue());
    ArrayRef<char> bytes = value ? getRawBytes(value) : ArrayRef<char>();
    if (bytes.empty())
      return;
    auto &equals =
        byHash[llvm::xxh3_64bits(StringRef(bytes.data(), bytes.size()))];
    auto *known = llvm::find_if(equals, [&](DenseResourceElementsAttr other) {
      return other.getType() == value.getType() && getRawBytes(other) == bytes;
    });
    if (known == equals.end())
      equals.push_back(value);
    else if (*known != value)
      op.setValueAttr(*known);
  });
  releaser.releaseUnused();
}

} // namespace convopt
