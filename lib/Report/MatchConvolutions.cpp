#include "ExplanationParts.h"
#include "convopt/CostModel/LayerText.h"

using namespace llvm;

namespace convopt {

std::vector<std::optional<size_t>>
matchConvolutions(const Program &program,
                  ArrayRef<SelectedConvolution> convolutions) {
  std::vector<bool> taken(convolutions.size());
  std::vector<std::optional<size_t>> numbers;
  for (const ProgramStep &step : program.steps) {
    std::optional<size_t> &number = numbers.emplace_back();
    if (step.profile.primitive.empty())
      continue;
    for (auto [i, conv] : enumerate(convolutions))
      if (!taken[i] && !number && conv.name == step.profile.node &&
          toString(conv.chosen.choice) == step.profile.primitive &&
          layerSummary(conv.layer) == step.profile.shape) {
        number = i;
        taken[i] = true;
      }
  }
  return numbers;
}

} // namespace convopt
