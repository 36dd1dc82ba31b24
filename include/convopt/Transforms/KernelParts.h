#ifndef CONVOPT_TRANSFORMS_KERNELPARTS_H
#define CONVOPT_TRANSFORMS_KERNELPARTS_H

#include "convopt/IR/ConvoptDialect.h"
#include <string>
#include <vector>

namespace convopt {

/// One operation of a kernel, for people.
struct KernelPart {
  std::string operation; ///< "convolution", "maximum", "add, maximum", "pad"
  std::string node;      ///< the model's node, or empty
};

KernelPart describePart(mlir::Operation *op);

/// The place of `anchor`, which locationText names, with what became one kernel
/// with it, `ops` in their order, kept beside.
mlir::Location locationOfParts(mlir::Operation *anchor,
                               llvm::ArrayRef<mlir::Operation *> ops);

/// What that kept, for this very launch; nothing for launches that were not
/// made of operations of the model.
std::vector<KernelPart> partsOf(LaunchOp launch);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_KERNELPARTS_H
