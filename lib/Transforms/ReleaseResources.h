#ifndef CONVOPT_TRANSFORMS_RELEASERESOURCES_H
#define CONVOPT_TRANSFORMS_RELEASERESOURCES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/MapVector.h"

namespace convopt {

/// Gives back the memory of constants that passes have replaced: MLIR keeps
/// the data of a dense_resource until its context dies, not until the last
/// operation that refers to it.
class ResourceReleaser {
public:
  /// Sees the constants that are in `module` now. No other module of the same
  /// context may refer to their data.
  explicit ResourceReleaser(mlir::ModuleOp module);

  /// Erases those among them that have no use left, and their data if no
  /// other of them has the same.
  void releaseUnused();

private:
  llvm::MapVector<mlir::DialectResourceBlobManager::BlobEntry *,
                  llvm::SmallVector<mlir::arith::ConstantOp>>
      constants;
};

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_RELEASERESOURCES_H
