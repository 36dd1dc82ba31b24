#ifndef CONVOPT_TOOLS_PROFILE_TASK_H
#define CONVOPT_TOOLS_PROFILE_TASK_H

#include "convopt/CostModel/SampleRows.h"
#include <variant>

namespace convopt {

/// A choice for a layer.
struct LayerChoice {
  ConvProblem layer;
  Choice choice;
};

/// One sample to measure.
struct Task {
  std::variant<LayerChoice, ImageTransformation> what;

  /// As sampleKey has it.
  std::string key() const;
  /// The name of the choice's primitive, or "transform".
  std::string primitive() const;
};

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_TASK_H
