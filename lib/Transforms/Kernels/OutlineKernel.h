#ifndef CONVOPT_TRANSFORMS_OUTLINEKERNEL_H
#define CONVOPT_TRANSFORMS_OUTLINEKERNEL_H

#include "KernelGroups.h"
#include "convopt/IR/ConvoptDialect.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace convopt {

/// Turns groups into kernels of one module. Groups of equal content share one
/// kernel, whose name is made from that content, so it is the same in every
/// model and on every machine.
class KernelOutliner {
public:
  explicit KernelOutliner(mlir::ModuleOp module);

  /// Replaces `group` by a launch at the place of its root.
  void outline(const KernelGroup &group);

private:
  /// The name under which the module holds a kernel equal to `kernel`, which
  /// is inserted if it is the first.
  std::string nameOf(KernelOp kernel, llvm::StringRef prefix);

  mlir::ModuleOp module;
  llvm::StringMap<std::string> nameOfContent;
  llvm::StringSet<> taken;
};

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_OUTLINEKERNEL_H
