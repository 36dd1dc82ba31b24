#ifndef CONVOPT_PRIMITIVES_CHOICEERROR_H
#define CONVOPT_PRIMITIVES_CHOICEERROR_H

#include "convopt/Primitives/Primitive.h"

namespace convopt {

/// Relative L2 error of the result that rounding numbers as `precision` says
/// makes, on inputs and weights of which nothing is known: a part that differs
/// from input to input, one that the weights have once and for all, and one of
/// adding up in few digits.
struct RoundingError {
  double inputs = 0, weights = 0, sums = 0;
};
RoundingError roundingError(Precision precision);

/// A weight and the largest magnitude in its output channel.
struct SampledWeight {
  float weight, largest;
};
/// What becomes of it.
float roundedWeight(const SampledWeight &sampled, Precision precision);
/// RoundingError::weights of the filter that `sample` is taken from; infinite
/// where a number is too large for the precision.
double weightError(llvm::ArrayRef<SampledWeight> sample, Precision precision);

/// What `choice` adds to the result's relative L2 error, as it typically is: by
/// rounding its operands, and as part of `inputs` by its sums and its own
/// arithmetic, which in other numbers than single precision is the model's
/// affair.
RoundingError typicalError(const ConvProblem &layer, const Choice &choice);

/// Bound of the relative L2 error of `choice` alone.
double errorOf(const Choice &choice);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_CHOICEERROR_H
