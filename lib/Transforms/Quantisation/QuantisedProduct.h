#ifndef CONVOPT_LIB_TRANSFORMS_QUANTISEDPRODUCT_H
#define CONVOPT_LIB_TRANSFORMS_QUANTISEDPRODUCT_H

#include "Filter.h"

namespace convopt {

/// What is multiplied and summed up: (source - zero point) times the filter, on
/// the loops and maps of an operation of two inputs.
struct QuantisedProduct {
  mlir::linalg::LinalgOp op;
  mlir::Value source;    ///< 8-bit integers
  bool isSigned = false; ///< how they are extended
  int64_t zeroPoint = 0;
  Filter filter;
  /// Of f32 operands what one unit of the products stands for; else none.
  std::optional<double> scale;
};

/// `op`, a convolution or a product of matrices, as one of 8-bit integers by a
/// constant filter; nothing if it is none. All that it sums up is along
/// dimensions of the filter.
std::optional<QuantisedProduct>
matchQuantisedProduct(mlir::linalg::LinalgOp op);

/// The dimensions of the filter of `op` that are not summed up.
llvm::SmallVector<int64_t> keptDims(mlir::linalg::LinalgOp op);

/// The sum of what `of` makes of the filter's values, for what each result
/// reads.
Numbers sumFilter(const QuantisedProduct &product,
                  llvm::function_ref<int(int)> of);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_QUANTISEDPRODUCT_H
