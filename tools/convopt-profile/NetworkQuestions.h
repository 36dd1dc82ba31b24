#ifndef CONVOPT_TOOLS_PROFILE_NETWORKQUESTIONS_H
#define CONVOPT_TOOLS_PROFILE_NETWORKQUESTIONS_H

#include "convopt/CostModel/SampleRows.h"

namespace convopt {

/// All that the selection of primitives asks a cost model about a network,
/// each thing once.
struct NetworkQuestions {
  struct Layer {
    ConvProblem layer;
    std::vector<Choice> choices;
  };
  std::vector<Layer> layers;
  std::vector<ImageTransformation> transformations;
};

/// Loads the model in `path` as the compiler does and lets it choose, listening
/// to what it asks. Errors are those of the compiler.
llvm::Expected<NetworkQuestions> askedAbout(const std::string &path,
                                            const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_NETWORKQUESTIONS_H
