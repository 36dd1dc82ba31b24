#ifndef CONVOPT_IMPORT_OPS_POOL_H
#define CONVOPT_IMPORT_OPS_POOL_H

#include "Generic.h"
#include "Window.h"

namespace convopt {

/// N x C x spatial, padded as the window needs.
mlir::Value padImage(Node &node, const Window &window, mlir::Value image,
                     mlir::TypedAttr filler);

/// MaxPool whose second output, the place of each maximum in the flattened
/// input, is read.
llvm::Error importMaxPoolWithIndices(Node &node, const Window &window);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_POOL_H
