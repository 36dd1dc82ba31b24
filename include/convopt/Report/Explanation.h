#ifndef CONVOPT_REPORT_EXPLANATION_H
#define CONVOPT_REPORT_EXPLANATION_H

#include "convopt/Report/Program.h"
#include "convopt/Target/MachineDescription.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "llvm/Support/JSON.h"

namespace convopt {

/// Sizes of a compiled model, in bytes.
struct ModelSizes {
  int64_t tensors = 0; ///< of the workspace, see MemoryPlan
  int64_t leastTensors = 0;
  int64_t kernels = 0; ///< what kernels take of the workspace besides
  int64_t weights = 0;
};

/// What a compilation has found out, for programs: docs/report.md describes the
/// JSON that it becomes.
struct Explanation {
  std::string name;   ///< the model's in C
  std::string target; ///< as targetName has it
  std::string compiler;
  int64_t threads = 1;
  const MachineDescription &machine;
  const ModelInterface &interface;
  const Selection &selection;
  /// Not where the compilation ended after the choice of primitives.
  std::optional<Program> program = {};
  ModelSizes sizes = {};
};

/// Writes `explanation` as one JSON object, the same bytes for the same
/// compilation; `profile`, if there is one, becomes its member of that name.
void writeExplanation(llvm::raw_ostream &os, const Explanation &explanation,
                      const llvm::json::Value *profile = nullptr);

} // namespace convopt

#endif // CONVOPT_REPORT_EXPLANATION_H
