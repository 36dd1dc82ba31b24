// How far a choice's error reaches the function's results. A layer's error is
// relative to its result, and what comes behind it hands it on, more or less:
// by how much is the convolution's gain. Errors of layers are independent, so
// that their squares add up. What rounding weights does is no guess, since they
// are there; a share of a large filter says it to a hundredth.

#include "ErrorsAtResults.h"
#include "Questions.h"
#include "SampleFilter.h"
#include "convopt/IR/ConvoptDialect.h"
#include <cmath>

using namespace mlir;

namespace convopt {

double ErrorsAtResults::weightErrorOf(const ConvOp &conv, Attribute filter,
                                      Precision precision) {
  auto [entry, isNew] =
      known.try_emplace({filter.getAsOpaquePointer(), precision}, 0);
  if (isNew) {
    std::optional<std::vector<SampledWeight>> sample =
        sampleFilter(conv, cast<ElementsAttr>(filter));
    entry->second = sample ? weightError(*sample, precision)
                           : roundingError(precision).weights;
  }
  return entry->second;
}

RoundingError ErrorsAtResults::atConvolution(const ConvOp &conv,
                                             const Choice &choice) {
  RoundingError error = typicalError(conv.layer, choice);
  if (Attribute filter = error.weights > 0 ? constantFilter(conv) : nullptr)
    error.weights = weightErrorOf(conv, filter, choice.variant.precision) *
                    choice.primitive->roundingGrowth(choice.variant);
  return error;
}

void ErrorsAtResults::predict(const ConvOp &conv,
                              MutableArrayRef<Candidate> candidates) {
  double inputs = 1, weights = 1;
  if (auto gains = ConvoptDialect::ErrorGainAttrHelper(conv.op->getContext())
                       .getAttr(conv.op)) {
    inputs = gains[0];
    weights = gains[1];
  }
  for (Candidate &candidate : candidates) {
    const RoundingError error = atConvolution(conv, candidate.choice);
    candidate.error =
        std::hypot(inputs * error.inputs, weights * error.weights);
    if (!std::isfinite(error.weights)) // Even of a layer without gain.
      candidate.error = error.weights;
  }
}

} // namespace convopt
