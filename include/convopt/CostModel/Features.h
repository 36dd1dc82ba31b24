#ifndef CONVOPT_COSTMODEL_FEATURES_H
#define CONVOPT_COSTMODEL_FEATURES_H

#include "convopt/Primitives/Primitive.h"
#include "llvm/ADT/StringRef.h"
#include <array>

namespace convopt {

enum Feature : unsigned {
#define FEATURE(NAME, DOC) F_##NAME,
#include "convopt/CostModel/Features.def"
  numFeatures
};

using FeatureVector = std::array<double, numFeatures>;

/// What the cost model is told of `choice` for `layer` on `machine`, in the
/// order of Features.def; the same bits on every machine that runs this. Which
/// primitive it is a model must be told besides.
FeatureVector computeFeatures(const ConvProblem &layer, const Choice &choice,
                              const MachineDescription &machine);

llvm::ArrayRef<llvm::StringLiteral> featureNames();

/// Bits of each of the numbers that `choice` multiplies, and of a weight in
/// memory. A model that has learnt from other types than f32 sees these, too.
unsigned productBits(const ConvProblem &layer, const Choice &choice);
unsigned weightBits(const ConvProblem &layer, const Choice &choice);

/// Changes with any name or meaning in Features.def; models carry it.
std::string featuresVersion();

} // namespace convopt

#endif // CONVOPT_COSTMODEL_FEATURES_H
