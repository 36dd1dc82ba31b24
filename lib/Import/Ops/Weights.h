#ifndef CONVOPT_IMPORT_OPS_WEIGHTS_H
#define CONVOPT_IMPORT_OPS_WEIGHTS_H

#include "Generic.h"

namespace convopt {

/// A tensor that an operator wants in another order: while importing if its
/// elements are known, else by operations. All functions give a new one.
class Weights {
public:
  /// Input `i` of `node`.
  Weights(Node &node, size_t i);

  llvm::ArrayRef<int64_t> shape() const;
  bool isConstant() const { return constant.has_value(); }
  Weights reshaped(llvm::ArrayRef<int64_t> shape) const;
  /// Result dimension i is dimension perm[i].
  Weights transposed(llvm::ArrayRef<int64_t> perm) const;
  /// Elements [begin, begin + count) of dimension `dim`, beyond its end zeros.
  Weights range(int64_t dim, int64_t begin, int64_t count) const;
  /// Of equal shape and kind.
  Weights plus(const Weights &other) const;

  mlir::Value value() const;

private:
  Weights(Node &node, ElementKind kind, Constant constant)
      : node(&node), kind(kind), constant(std::move(constant)) {}
  Weights(Node &node, ElementKind kind, mlir::Value tensor)
      : node(&node), kind(kind), tensor(tensor) {}

  Node *node;
  ElementKind kind;
  std::optional<Constant> constant;
  mlir::Value tensor;
};

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_WEIGHTS_H
