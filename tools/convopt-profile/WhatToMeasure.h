#ifndef CONVOPT_TOOLS_PROFILE_WHATTOMEASURE_H
#define CONVOPT_TOOLS_PROFILE_WHATTOMEASURE_H

#include "NetworkQuestions.h"
#include "Task.h"
#include "llvm/ADT/StringSet.h"

namespace convopt {

/// Which of a layer's choices.
struct ChoiceFilter {
  size_t count = SIZE_MAX; ///< of each layer, see sampleChoices
  uint64_t seed = 1;
  std::vector<const Primitive *> primitives; ///< none: all
  /// Of samples that are there already: of `primitives`, if any are named,
  /// they are taken besides.
  llvm::StringSet<> known;
};

/// Reads "a,b"; an error names what is no primitive.
llvm::Expected<std::vector<const Primitive *>>
parsePrimitives(llvm::StringRef list);

/// The layers of the file `path` with all their choices, as allChoices has
/// them.
llvm::Expected<std::vector<NetworkQuestions::Layer>>
readQuestions(llvm::StringRef path, const MachineDescription &machine,
              llvm::ArrayRef<Precision> precisions = {});

std::vector<Task> tasksOf(llvm::ArrayRef<NetworkQuestions::Layer> layers,
                          const ChoiceFilter &filter);

/// Every choice and every transformation that a network's compilation asks
/// about.
std::vector<Task> tasksOf(const NetworkQuestions &questions,
                          const ChoiceFilter &filter);

/// The samples of a profile that `filter` admits, of choices that there are
/// still.
llvm::Expected<std::vector<Task>> tasksAgain(llvm::StringRef path,
                                             const MachineDescription &machine,
                                             const ChoiceFilter &filter);

/// Writes the choices among `tasks` as samples without passes, as tasksAgain
/// reads them. Their seconds are 1, and nobody reads them.
llvm::Error writeList(llvm::StringRef path, llvm::ArrayRef<Task> tasks,
                      const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_WHATTOMEASURE_H
