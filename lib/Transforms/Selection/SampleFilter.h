#ifndef CONVOPT_LIB_TRANSFORMS_SAMPLEFILTER_H
#define CONVOPT_LIB_TRANSFORMS_SAMPLEFILTER_H

#include "convopt/IR/InferConvLayer.h"
#include "convopt/Primitives/ChoiceError.h"
#include <optional>
#include <vector>

namespace convopt {

/// Weights of the constant `filter` of single precision, all of a small one and
/// some thousand of a large one, evenly spread, and those that are the largest
/// of their output channels among the others. Nothing where the data is not
/// there.
std::optional<std::vector<SampledWeight>>
sampleFilter(const ConvOp &conv, mlir::ElementsAttr filter);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_SAMPLEFILTER_H
