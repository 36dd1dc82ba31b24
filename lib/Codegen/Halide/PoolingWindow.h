#ifndef CONVOPT_LIB_CODEGEN_POOLINGWINDOW_H
#define CONVOPT_LIB_CODEGEN_POOLINGWINDOW_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <optional>

namespace convopt {

/// A pooling as it stands: dimension `first` + i of the image is read at
/// parallel loop * strides[i] + loops[i] * dilations[i].
struct PoolingWindow {
  mlir::linalg::LinalgOp op;
  mlir::Operation *combiner = nullptr;
  unsigned first = 0;
  llvm::SmallVector<unsigned> loops;
  llvm::SmallVector<int64_t> sizes, strides, dilations;
  /// The image without its padding, what that is before it in each dimension.
  mlir::Value image;
  llvm::SmallVector<int64_t> before;
};

/// `op` as one, if it combines the elements of a window in any order; of what
/// is padded with what it begins with the image is that without padding.
std::optional<PoolingWindow> matchWindow(mlir::linalg::LinalgOp op);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_POOLINGWINDOW_H
