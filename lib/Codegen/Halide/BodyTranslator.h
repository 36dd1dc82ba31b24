#ifndef CONVOPT_LIB_CODEGEN_BODYTRANSLATOR_H
#define CONVOPT_LIB_CODEGEN_BODYTRANSLATOR_H

#include "Halide.h"
#include "convopt/IR/ConvoptDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include <functional>
#include <map>

namespace convopt {

/// Element indices in the order of the tensor's dimensions, outermost first.
using Index = std::vector<Halide::Expr>;
using Reader = std::function<Halide::Expr(const Index &)>;

/// Gives any element of any tensor in a kernel as a Halide expression. Tensors
/// that are defined here (arguments, stages) are read; every other is
/// recomputed from its operands, so element-wise operations and movements of
/// data cost no memory. Throws std::runtime_error on an operation that
/// mayStandInKernel() does not accept.
class BodyTranslator {
public:
  /// From now on elements of `tensor` are what `reader` gives.
  void define(mlir::Value tensor, Reader reader);

  /// The same, by position in row-major order.
  void definePositions(mlir::Value tensor,
                       std::function<Halide::Expr(Halide::Expr)> reader);

  Halide::Expr at(mlir::Value tensor, const Index &index);

  /// The same, computed from the operands of what makes `tensor`, whatever it
  /// was defined as.
  Halide::Expr compute(mlir::OpResult tensor, const Index &index);

  /// The element at a position in row-major order.
  Halide::Expr atPosition(mlir::Value tensor, Halide::Expr position);

  /// The values that one point of `op`'s loops yields. `old` gives the element
  /// of the result so far, for each result.
  std::vector<Halide::Expr> evaluate(mlir::linalg::LinalgOp op,
                                     const Index &loops,
                                     llvm::ArrayRef<Halide::Expr> old);

  /// A scalar of the kernel's body: a constant or computed from scalars.
  Halide::Expr scalar(mlir::Value value);

  /// The initial element of result `number` of `op`.
  Halide::Expr initialAt(mlir::linalg::LinalgOp op, unsigned number,
                         const Index &index);

private:
  Halide::Expr computeParallel(mlir::linalg::LinalgOp op, unsigned number,
                               const Index &index);
  Halide::Expr computePad(mlir::tensor::PadOp op, const Index &index);
  Halide::Expr computeConcat(mlir::tensor::ConcatOp op, const Index &index);
  Halide::Expr computeReshape(mlir::Operation *op, const Index &index);
  Halide::Expr computeInsert(mlir::tensor::InsertSliceOp op,
                             const Index &index);

  llvm::DenseMap<mlir::Value, Reader> readers;
  llvm::DenseMap<mlir::Value, std::function<Halide::Expr(Halide::Expr)>>
      positionReaders;
  /// What was computed already: an operand that is used twice, such as x in
  /// x * sigmoid(x), would otherwise grow expressions exponentially. The index
  /// is kept alive, for it is found by the addresses of its nodes.
  using Key = std::pair<const void *, std::vector<const void *>>;
  std::map<Key, std::pair<Index, Halide::Expr>> computed;
};

/// The expressions of `map` at a point of its dimensions.
Index applyMap(mlir::AffineMap map, const Index &dims);

/// Position in memory of the element at `index`, row-major.
Halide::Expr linearise(llvm::ArrayRef<int64_t> shape, const Index &index);
Index delinearise(llvm::ArrayRef<int64_t> shape, Halide::Expr position);

/// The shape of a tensor value.
llvm::ArrayRef<int64_t> shapeOf(mlir::Value tensor);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_BODYTRANSLATOR_H
