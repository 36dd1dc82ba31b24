#include "convopt/CostModel/CostModel.h"

using namespace convopt;

std::vector<double>
CostModel::convolutions(const ConvProblem &layer,
                        llvm::ArrayRef<Choice> choices,
                        const MachineDescription &machine) const {
  std::vector<double> seconds;
  for (const Choice &choice : choices)
    seconds.push_back(convolution(layer, choice, machine));
  return seconds;
}
