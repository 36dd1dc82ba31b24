#ifndef CONVOPT_TRANSFORMS_SHARECONSTANTS_H
#define CONVOPT_TRANSFORMS_SHARECONSTANTS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/DenseMap.h"

namespace convopt {

/// Makes constants of several modules of one context one, where they are equal:
/// one model that is imported for several sizes has its weights once then.
class ConstantSharer {
public:
  /// Replaces each dense_resource constant of `module` by that of a module
  /// before with the same type and bytes, and gives the memory of the replaced
  /// ones back. What `module` refers to must not be referred to elsewhere; and
  /// no pass that gives memory back may run on it alone afterwards.
  void share(mlir::ModuleOp module);

private:
  llvm::DenseMap<uint64_t,
                 llvm::SmallVector<mlir::DenseResourceElementsAttr, 1>>
      byHash;
};

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_SHARECONSTANTS_H
