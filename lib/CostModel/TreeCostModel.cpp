#include "TreeCostModel.h"
#include "Exponential.h"
#include "convopt/CostModel/Features.h"
#include "convopt/CostModel/Roofline.h"

using namespace convopt;

double TreeCostModel::convolution(const ConvLayer &layer, const Choice &choice,
                                  const MachineDescription &machine) const {
  FeatureVector features = computeFeatures(layer, choice, machine);
  double efficiency =
      base[static_cast<unsigned>(choice.kind)] + trees.predict(features);
  return overhead + features[F_bound_seconds] * exponential(efficiency);
}

double TreeCostModel::transformation(int64_t batch, int64_t channels,
                                     int64_t height, int64_t width, Layout from,
                                     Layout to,
                                     const MachineDescription &machine) const {
  if (from == to)
    return 0;
  double bytes = 2 * 4.0 * batch * channels * height * width;
  unsigned level = bytes <= machine.l1Bytes   ? 0
                   : bytes <= machine.l2Bytes ? 1
                   : bytes <= machine.l3Bytes ? 2
                                              : 3;
  return transform.overhead +
         bytes / bandwidthFor(bytes, machine) /
             transform.share[static_cast<unsigned>(to)][level];
}
