#ifndef CONVOPT_LIB_TRANSFORMS_MOVEMENT_H
#define CONVOPT_LIB_TRANSFORMS_MOVEMENT_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include <optional>

namespace convopt {

/// An operation whose result has elements of its operands and no others, but
/// for a constant that fills what is padded; or the largest of them (pooling).
struct Movement {
  mlir::Operation *op = nullptr;
  /// What is moved: one tensor, but for a concatenation.
  llvm::SmallVector<mlir::Value> sources;
  /// Of a pooling: how its body compares. Null for anything else.
  mlir::Operation *maximum = nullptr;
  /// A padding with `filler`, a pooling beginning with it.
  std::optional<double> filler;
  /// A pooling's padding, if each window sees a place of the image too: it is
  /// part of the movement then, and `sources` are before it.
  mlir::tensor::PadOp pad;
  std::optional<double> padding; ///< what it is filled with
};

/// Reads `op` as one of static shape; nothing if it is none.
std::optional<Movement> matchMovement(mlir::Operation *op);

/// How a pooling of integers compares.
enum class Comparison { Signed, Unsigned };

/// The same movement of `sources`, tensors of i8 of the same shapes, filled
/// with `filler` and padded with `padding` where those are.
mlir::Value move(mlir::OpBuilder &builder, const Movement &movement,
                 llvm::ArrayRef<mlir::Value> sources, int64_t filler,
                 int64_t padding, Comparison comparison);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_MOVEMENT_H
