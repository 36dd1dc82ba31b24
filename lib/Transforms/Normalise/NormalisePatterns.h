#ifndef CONVOPT_TRANSFORMS_NORMALISEPATTERNS_H
#define CONVOPT_TRANSFORMS_NORMALISEPATTERNS_H

#include "mlir/IR/PatternMatch.h"

namespace convopt {

/// Makes named element-wise operations (linalg.add, ...) generic ones, which
/// is what upstream's patterns on reshapes and fusion work on.
void populateGeneraliseElementwise(mlir::RewritePatternSet &patterns);

/// Reads a dimension of one element by the loop of one iteration that the
/// result has in its place, where a constant 0 is written.
void populateNameUnitLoops(mlir::RewritePatternSet &patterns);

/// Swaps the inputs of a convolution that names its filter first.
void populateOrderConvInputs(mlir::RewritePatternSet &patterns);

/// Makes comparisons of a number with a constant, of which the larger or the
/// smaller is chosen, maxima and minima.
void populateComparisonsToMaxima(mlir::RewritePatternSet &patterns);

/// Expands what is padded before its padding, if no dimension is both.
void populateExpandBeforePad(mlir::RewritePatternSet &patterns);

/// Expands what is broadcast before it is, so that a bias of channels becomes
/// one of groups and channels.
void populateExpandBeforeBroadcast(mlir::RewritePatternSet &patterns);

/// Computes linalg operations on constant tensors of a few integers, and joins
/// and parts of such vectors.
void populateFoldIntegers(mlir::RewritePatternSet &patterns);

/// Makes poolings of the whole image sums, or maxima, over two dimensions.
void populateGlobalPools(mlir::RewritePatternSet &patterns);

/// Makes insertions that fill an empty tensor one after the other a
/// concatenation.
void populateInsertionsToConcat(mlir::RewritePatternSet &patterns);

/// Writes linalg.map as the generic operation that it is.
void populateMapsToGenerics(mlir::RewritePatternSet &patterns);

/// Makes products of a batch of one of matrices products of matrices.
void populateUnbatchMatmul(mlir::RewritePatternSet &patterns);

/// Neither pads nor cuts off what no window reads.
void populateUnreadBorders(mlir::RewritePatternSet &patterns);

/// Makes what yields a constant and reads nothing a fill, and the initial value
/// of equal elements that something adds to.
void populateConstantsToFills(mlir::RewritePatternSet &patterns);

/// Parts math.fma, by which a reduction accumulates, into product and sum.
void populateSplitMultiplyAdds(mlir::RewritePatternSet &patterns);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_NORMALISEPATTERNS_H
