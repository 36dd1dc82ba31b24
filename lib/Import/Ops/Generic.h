#ifndef CONVOPT_IMPORT_OPS_GENERIC_H
#define CONVOPT_IMPORT_OPS_GENERIC_H

#include "../Node.h"
#include "Scalar.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace convopt {

/// What an element-wise operation reads: a tensor, or a constant, whose
/// element becomes a scalar in the body if it is a splat.
struct Operand {
  Operand(mlir::Value value) : value(value) {}
  Operand(const Constant &constant) : constant(&constant) {}
  /// Input `i` of a node.
  Operand(Node &node, size_t i);

  mlir::Value value;
  const Constant *constant = nullptr;
};

using ScalarBody =
    llvm::function_ref<mlir::Value(Scalar &, llvm::ArrayRef<mlir::Value>)>;

/// One linalg.generic over `shape` with results of `kind`. The operands are
/// broadcast as in numpy, by their maps. `body` gets one scalar an operand,
/// and builds with the kind of the *first operand's* elements if
/// `operandKind` is given, else with `kind`.
mlir::Value elementwise(Node &node, llvm::ArrayRef<Operand> operands,
                        llvm::ArrayRef<int64_t> shape, ElementKind kind,
                        ScalarBody body,
                        std::optional<ElementKind> operandKind = std::nullopt);

/// The common case: all inputs, first output.
llvm::Error importElementwise(Node &node, ScalarBody body);

/// A linalg.generic without operands whose body computes each element from
/// its coordinates (values of type index).
mlir::Value
generate(Node &node, llvm::ArrayRef<int64_t> shape, ElementKind kind,
         llvm::function_ref<mlir::Value(Scalar &, llvm::ArrayRef<mlir::Value>)>
             body);

/// tensor.empty, or filled with a scalar.
mlir::Value createEmpty(Node &node, llvm::ArrayRef<int64_t> shape,
                        mlir::Type element);
mlir::Value createFilled(Node &node, llvm::ArrayRef<int64_t> shape,
                         mlir::TypedAttr value);

/// `value` in another shape of as many elements, by collapse_shape,
/// expand_shape, or both.
mlir::Value reshape(Node &node, mlir::Value value,
                    llvm::ArrayRef<int64_t> shape);
/// Input `i` in another shape; a constant keeps its bytes.
mlir::Value reshapedInput(Node &node, size_t i, llvm::ArrayRef<int64_t> shape);

/// linalg.transpose: result dimension i is dimension perm[i].
mlir::Value transpose(Node &node, mlir::Value value,
                      llvm::ArrayRef<int64_t> perm);

/// tensor.pad with a scalar, nothing if there is nothing to pad.
mlir::Value pad(Node &node, mlir::Value value, llvm::ArrayRef<int64_t> low,
                llvm::ArrayRef<int64_t> high, mlir::TypedAttr filler);
mlir::Value pad(Node &node, mlir::Value value, llvm::ArrayRef<int64_t> low,
                llvm::ArrayRef<int64_t> high, mlir::Value filler);

/// tensor.extract_slice.
mlir::Value slice(Node &node, mlir::Value value,
                  llvm::ArrayRef<int64_t> offsets,
                  llvm::ArrayRef<int64_t> sizes,
                  llvm::ArrayRef<int64_t> strides = {});

/// Folds the dimensions `axes` (ascending) of `input` away, starting from
/// `init`: `combine` gets an element and the accumulator. The result lacks
/// those dimensions.
mlir::Value
reduce(Node &node, mlir::Value input, llvm::ArrayRef<int64_t> axes,
       ElementKind kind, mlir::TypedAttr init,
       llvm::function_ref<mlir::Value(Scalar &, mlir::Value, mlir::Value)>
           combine);

/// What is added up over the reduction loops: the products of the elements of
/// `a` and `b`, beginning with `init`. Maps are of the three; all have elements
/// of the node's first output.
mlir::Value sumOfProducts(Node &node, mlir::Value a, mlir::Value b,
                          mlir::Value init,
                          llvm::ArrayRef<mlir::AffineMap> maps,
                          llvm::ArrayRef<mlir::utils::IteratorType> loops);

/// Over `shape`: the sums of `term` over all places of `window`, each a loop;
/// it gets the coordinates of both, of type index.
mlir::Value
sumOver(Node &node, llvm::ArrayRef<int64_t> shape,
        llvm::ArrayRef<int64_t> window, ElementKind kind,
        llvm::function_ref<mlir::Value(Scalar &, llvm::ArrayRef<mlir::Value>,
                                       llvm::ArrayRef<mlir::Value>)>
            term);

/// Shape of `value`, which is a ranked tensor.
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
}

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_GENERIC_H
