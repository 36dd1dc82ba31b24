#ifndef CONVOPT_UNITTESTS_COSTMODEL_TESTMODEL_H
#define CONVOPT_UNITTESTS_COSTMODEL_TESTMODEL_H

#include "convopt/CostModel/Features.h"
#include <nlohmann/json.hpp>

namespace convopt {

/// A model without trees.
inline nlohmann::json testModel() {
  nlohmann::json primitives = nlohmann::json::array();
  for (const Primitive *primitive : allPrimitives())
    primitives.push_back(
        {{"name", primitive->name().str()}, {"samples", 10}, {"base", 0.0}});
  nlohmann::json share = {
      {"l1", 0.5}, {"l2", 0.5}, {"l3", 0.5}, {"memory", 1.0}};
  return {
      {"format", "convopt-cost-model"},
      {"features", featuresVersion()},
      {"convolution",
       {{"overhead_seconds", 0.0},
        {"primitives", primitives},
        {"trees", nlohmann::json::array()}}},
      {"transformation",
       {{"overhead_seconds", 1e-6}, {"to_nchw", share}, {"to_nhwc", share}}}};
}

/// A tree of one split: `above` where `feature` is above `threshold`, `below`
/// where it is not, both logarithms.
inline nlohmann::json oneSplit(unsigned feature, double threshold, double below,
                               double above) {
  return nlohmann::json::array({{{"feature", {feature}},
                                 {"threshold", {threshold}},
                                 {"missing", {0}},
                                 {"left", {-1}},
                                 {"right", {-2}},
                                 {"value", {below, above}}}});
}

} // namespace convopt

#endif // CONVOPT_UNITTESTS_COSTMODEL_TESTMODEL_H
