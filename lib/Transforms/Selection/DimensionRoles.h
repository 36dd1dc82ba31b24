// NCHW and NHWC are orders of an image's dimensions, but tensors between
// convolutions have other shapes: groups apart, rows flattened, two dimensions
// after a mean. So every dimension gets a role, read off the convolutions'
// loops and carried along indexing maps, reshapes and transpositions until
// nothing changes; a storage order is then the roles in the order of the
// layout's letters, and exists for tensors of any rank. A tensor whose roles
// nobody knows has the one order in which it is written. A wrong role costs
// speed, never correctness: every order is a permutation.

#ifndef CONVOPT_LIB_TRANSFORMS_DIMENSIONROLES_H
#define CONVOPT_LIB_TRANSFORMS_DIMENSIONROLES_H

#include "convopt/IR/InferConvLayer.h"
#include "llvm/ADT/DenseMap.h"

namespace convopt {

/// What each dimension of a tensor runs over: 'n' batch, 'c' channels (or
/// groups of them), 's' image.
using Roles = llvm::SmallVector<char, 6>;

/// Position in memory -> dimension of the tensor.
using Permutation = llvm::SmallVector<int64_t, 6>;

bool isIdentity(llvm::ArrayRef<int64_t> permutation);

/// How to get from one order to another: position in `to` -> position in
/// `from`.
Permutation between(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

/// Whether a transposition does more than to move dimensions of one element.
bool movesElements(llvm::ArrayRef<int64_t> permutation,
                   llvm::ArrayRef<int64_t> shapeBefore);

/// NCHW puts channels before the image, NHWC behind; within one role the order
/// stays.
Permutation storageOrder(llvm::ArrayRef<char> roles, Layout layout);

/// The roles of the dimensions of a function's tensors, read off its
/// convolutions and carried along the operations between them. That is what
/// tells which storage orders are worth considering; nothing depends on the
/// roles being right.
class DimensionRoles {
public:
  explicit DimensionRoles(mlir::Block &block);

  /// Empty where nothing is known.
  Roles of(mlir::Value value) const;

  /// In how many different orders the value may be stored. Two: the number of
  /// an order is its Layout. One: as it is written.
  unsigned orderCount(mlir::Value value) const;
  Permutation order(mlir::Value value, unsigned number) const;
  unsigned orderFor(mlir::Value value, Layout layout) const {
    return orderCount(value) == 1 ? 0 : static_cast<unsigned>(layout);
  }
  /// The order in which the value stands in the IR.
  unsigned writtenOrder(mlir::Value value) const;

  /// Whether memory looks different in the two orders of `value`: not if only
  /// dimensions of one element change places.
  bool ordersDiffer(mlir::Value value) const;

  /// The role of each loop of `op` according to its operands; nothing if they
  /// contradict each other.
  std::optional<Roles> ofLoops(mlir::linalg::LinalgOp op) const;

private:
  bool set(mlir::Value value, llvm::ArrayRef<char> roles);
  /// Makes the roles of one the other's too.
  bool tie(mlir::Value a, mlir::Value b);
  bool spread(mlir::Operation *op);
  bool spreadLinalg(mlir::linalg::LinalgOp op);
  bool spreadReshape(mlir::Value from, mlir::Value to,
                     llvm::ArrayRef<mlir::ReassociationIndices> groups);
  llvm::DenseMap<mlir::Value, Roles> roles;
};

/// The roles that the image and the result of a convolution have in it.
struct ConvRoles {
  Roles image, result;
};
std::optional<ConvRoles> getConvRoles(const ConvOp &conv);

/// Every dimension of the operands and results of `op` means the same in each
/// of them (concat, pad, slices, element-wise arith).
bool isPositional(mlir::Operation *op);

/// Ops in the body of `op` that read one element of an outer tensor.
llvm::SmallVector<mlir::OpOperand *> capturedTensors(mlir::Operation *op);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_DIMENSIONROLES_H
