#ifndef CONVOPT_REPORT_EXPLANATION_H
#define CONVOPT_REPORT_EXPLANATION_H

#include "convopt/Report/Program.h"
#include "convopt/Target/MachineDescription.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "llvm/Support/JSON.h"

namespace convopt {

/// The memory that a compiled model takes, in bytes.
struct ModelMemory {
  int64_t tensors = 0; ///< of the workspace, see MemoryPlan
  int64_t leastTensors = 0;
  int64_t kernels = 0; ///< what kernels take of the workspace besides
  int64_t weights = 0;
};

/// What a compilation has found out of one size of a model.
struct SizeExplanation {
  const ModelInterface &interface;
  const Selection &selection;
  /// Not where the compilation ended after the choice of primitives.
  std::optional<Program> program = {};
  ModelMemory memory = {};
};

/// What a compilation has found out, for programs: docs/report.md describes the
/// JSON that it becomes.
struct Explanation {
  std::string name;   ///< the model's in C
  std::string target; ///< as targetName has it
  std::string compiler;
  int64_t threads = 1;
  const MachineDescription &machine;
  const ModelInterface &interface; ///< what the sizes have in common
  std::vector<SizeExplanation> sizes;
};

/// What convopt-run has measured of each size, see profilesOfSizes; null of
/// which nothing was.
using SizeProfiles = std::vector<const llvm::json::Value *>;

/// Writes `explanation` as one JSON object, the same bytes for the same
/// compilation. What is of a size is a member of the object or, where there are
/// several sizes, of its entry in the member "sizes"; so is what there is of
/// `profiles`, one a size if any.
void writeExplanation(llvm::raw_ostream &os, const Explanation &explanation,
                      const SizeProfiles &profiles = {});

} // namespace convopt

#endif // CONVOPT_REPORT_EXPLANATION_H
