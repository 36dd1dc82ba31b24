#ifndef CONVOPT_LIB_TRANSFORMS_QUANTISATIONPATTERNS_H
#define CONVOPT_LIB_TRANSFORMS_QUANTISATIONPATTERNS_H

#include "convopt/Transforms/Quantisation.h"
#include "mlir/IR/PatternMatch.h"

namespace convopt {

/// Moves decodings of all elements alike behind what moves elements.
void populateSinkDecodings(mlir::RewritePatternSet &patterns);

/// Makes the quantisation of what was decoded the integers themselves, where
/// all 256 of them come out as they went in.
void populateQuantiseDecoded(mlir::RewritePatternSet &patterns);

/// Moves changes of sign behind what moves elements; two are none.
void populateSinkFlips(mlir::RewritePatternSet &patterns);

/// Makes `op`, if it is an exact product of integers, by a constant filter,
/// less a zero point that only the run knows, one of the integers themselves,
/// from which that zero point times the sum of the filter is taken off.
bool takeOffRuntimeZero(mlir::linalg::LinalgOp op);

/// Makes `op`, a product or a convolution of what 8-bit integers stand for and
/// of constant filters, one of 8-bit integers with sums of i32; false if it is
/// none or is one already.
bool makeIntegerProduct(mlir::linalg::LinalgOp op, Activations activations);

/// Stores the integers that products want with another sign with that sign,
/// from where they are computed or come from on.
void flipSources(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_QUANTISATIONPATTERNS_H
