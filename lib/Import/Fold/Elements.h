#ifndef CONVOPT_IMPORT_FOLD_ELEMENTS_H
#define CONVOPT_IMPORT_FOLD_ELEMENTS_H

#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace convopt {

/// A tensor, row-major; an element that nothing has written yet is null.
using Elements = std::vector<mlir::Attribute>;

/// Of a ranked tensor.
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType()).getShape();
}

/// The row-major place of `at`; nothing if it is outside.
std::optional<int64_t> placeOf(llvm::ArrayRef<int64_t> at,
                               llvm::ArrayRef<int64_t> shape);

/// The next place of a loop nest, the last dimension first; false behind the
/// last one.
bool advance(llvm::MutableArrayRef<int64_t> at,
             llvm::ArrayRef<int64_t> extents);

/// Nothing if the content is not there.
std::optional<Elements> readConstant(mlir::ElementsAttr attr);

// What operations that move elements give, of sources of their shapes.
Elements sliceElements(mlir::tensor::ExtractSliceOp op, const Elements &source);
Elements padElements(mlir::tensor::PadOp op, const Elements &source,
                     mlir::Attribute filler);
Elements concatElements(mlir::tensor::ConcatOp op,
                        llvm::ArrayRef<const Elements *> sources);

} // namespace convopt

#endif // CONVOPT_IMPORT_FOLD_ELEMENTS_H
