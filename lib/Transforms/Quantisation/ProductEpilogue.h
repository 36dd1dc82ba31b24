#ifndef CONVOPT_LIB_TRANSFORMS_PRODUCTEPILOGUE_H
#define CONVOPT_LIB_TRANSFORMS_PRODUCTEPILOGUE_H

#include "Term.h"

namespace convopt {

/// Operands of what follows the sums of a product, and what its body makes of
/// them: an element-wise operation in place of the product's result.
class ProductEpilogue {
public:
  ProductEpilogue(mlir::OpBuilder &builder, mlir::linalg::LinalgOp op,
                  mlir::Value sums)
      : builder(builder), op(op), loc(op.getLoc()), inputs{sums},
        maps{identity()} {}

  /// An operand that is `value` read through `map`, from the result's places.
  void add(mlir::Value value, mlir::AffineMap map) {
    inputs.push_back(value);
    maps.push_back(map);
  }
  /// One that is `numbers` along dimensions of the filter, of `type`; a scalar
  /// of the body, `constant`, if it is the same for all.
  void add(const Numbers &numbers, mlir::Type type, mlir::Value &constant);
  mlir::Value
  create(llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location,
                                        mlir::ValueRange)>
             body);
  mlir::AffineMap identity() {
    return builder.getMultiDimIdentityMap(
        mlir::cast<mlir::RankedTensorType>(op->getResult(0).getType())
            .getRank());
  }

private:
  mlir::OpBuilder &builder;
  mlir::linalg::LinalgOp op;
  mlir::Location loc;
  llvm::SmallVector<mlir::Value> inputs;
  llvm::SmallVector<mlir::AffineMap> maps;
};

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_PRODUCTEPILOGUE_H
