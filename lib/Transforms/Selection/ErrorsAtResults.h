#ifndef CONVOPT_LIB_TRANSFORMS_ERRORSATRESULTS_H
#define CONVOPT_LIB_TRANSFORMS_ERRORSATRESULTS_H

#include "convopt/IR/InferConvLayer.h"
#include "convopt/Primitives/ChoiceError.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include <map>

namespace convopt {

/// Predicts the relative L2 error that choices add to a function's results: as
/// independent errors do, by the root of the sum of squares. What a choice adds
/// is typicalError, of the filter as it is, times the convolution's
/// convopt.error_gain.
class ErrorsAtResults {
public:
  /// What `choice` adds to the relative L2 error of the result of `conv`
  /// itself.
  RoundingError atConvolution(const ConvOp &conv, const Choice &choice);
  /// Sets Candidate::error of each candidate for `conv`.
  void predict(const ConvOp &conv, llvm::MutableArrayRef<Candidate> candidates);

private:
  double weightErrorOf(const ConvOp &conv, mlir::Attribute filter,
                       Precision precision);

  /// Filters recur, and so do their candidates' precisions.
  std::map<std::pair<const void *, Precision>, double> known;
};

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_ERRORSATRESULTS_H
