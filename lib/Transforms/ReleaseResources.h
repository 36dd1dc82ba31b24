#ifndef CONVOPT_TRANSFORMS_RELEASERESOURCES_H
#define CONVOPT_TRANSFORMS_RELEASERESOURCES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

namespace convopt {

/// Gives back the memory of constants that passes have replaced: MLIR keeps
/// the data of a dense_resource until its context dies, not until the last
/// operation that refers to it.
class ResourceReleaser {
public:
  /// Remembers the data that constants of `module` refer to now. No other
  /// module of the same context may refer to it. What anything else in the
  /// module refers to besides (a memref.global, say) is never erased.
  explicit ResourceReleaser(mlir::ModuleOp module);

  /// Erases unused constants, and remembered data to which no constant refers
  /// any longer.
  void releaseUnused();

private:
  using Entry = mlir::DialectResourceBlobManager::BlobEntry *;
  llvm::SetVector<Entry> findEntries();

  mlir::ModuleOp module;
  llvm::SetVector<Entry> remembered;
  llvm::DenseSet<Entry> kept;
};

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_RELEASERESOURCES_H
