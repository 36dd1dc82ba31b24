// seconds = overhead + roofline * e^(base + trees). Most of a time is how large
// the layer is, which the roofline says already; trees that predict the
// logarithm of what is left spend no splits on it. Each primitive has a base of
// its own, the median of its samples, and a feature that is 1 for it alone; the
// trees say by how much a choice differs. One ensemble for all primitives, not
// one each: what makes a strip too large for a cache is learnt once.

#include "TreeCostModel.h"
#include "Exponential.h"
#include "convopt/CostModel/Features.h"
#include "convopt/CostModel/Roofline.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

using namespace convopt;

double TreeCostModel::convolution(const ConvProblem &layer,
                                  const Choice &choice,
                                  const MachineDescription &machine) const {
  FeatureVector features = computeFeatures(layer, choice, machine);
  llvm::SmallVector<double, numFeatures + 32> row(features.begin(),
                                                  features.end());
  double base = otherBase;
  for (const KnownPrimitive &known : primitives) {
    bool isThis = known.primitive == choice.primitive;
    row.push_back(isThis);
    if (isThis && known.samples > 0)
      base = known.base;
  }
  return overhead +
         features[F_bound_seconds] * exponential(base + trees.predict(row));
}

bool TreeCostModel::knows(const ConvProblem &, const Choice &choice) const {
  return llvm::any_of(primitives, [&](const KnownPrimitive &known) {
    return known.primitive == choice.primitive && known.samples > 0;
  });
}

double TreeCostModel::transformation(int64_t batch, int64_t channels,
                                     int64_t height, int64_t width, Layout from,
                                     Layout to,
                                     const MachineDescription &machine) const {
  if (from == to)
    return 0;
  double bytes =
      2.0 * bytesOf(ElementType::F32) * batch * channels * height * width;
  unsigned level = bytes <= machine.l1Bytes   ? 0
                   : bytes <= machine.l2Bytes ? 1
                   : bytes <= machine.l3Bytes ? 2
                                              : 3;
  return transform.overhead +
         bytes / bandwidthFor(bytes, machine) /
             transform.share[static_cast<unsigned>(to)][level];
}
