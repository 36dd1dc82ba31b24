#ifndef CONVOPT_CODEGEN_MODELMODULE_H
#define CONVOPT_CODEGEN_MODELMODULE_H

#include "convopt/Codegen/LaunchProfile.h"
#include "convopt/Codegen/ModelInterface.h"
#include "convopt/Runtime/Plan.h"
#include "convopt/Target/MachineDescription.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>

namespace convopt {

/// The section that holds the weights or, where they are in a file of their
/// own, what that has to begin with (convopt_weights_header). The driver fills
/// it.
inline constexpr char weightsSection[] = ".rodata.convopt_weights";

/// What the descriptor NAME_model says beside the interface.
struct ModelFacts {
  std::string name; ///< a C identifier
  int64_t threads = 1;
  int64_t scratchBytes = 0, threadScratchBytes = 0;
  int64_t tensorBytes = 0; ///< of the size that needs the most
  /// Behind the tensors, of the outputs' true shapes.
  int64_t shapeBytes = 0;
  bool usesTiles = false; ///< any kernel multiplies tiles (AMX)
  int64_t weightsFileBytes = 0; ///< 0: the weights are in the object
  /// Of a model that announces its launches, those of each size: they are then
  /// described by NAME_profile.
  std::optional<std::vector<std::vector<LaunchProfile>>> launches;
};

/// The bytes that the true shapes of open outputs take, of several sizes those
/// of what they have in common.
int64_t shapeBytes(const ModelInterface &interface);

/// The size of a workspace, see Runtime/Plan.h.
int64_t workspaceBytes(const ModelFacts &facts);

/// The target as the descriptor names it: "x86_64-unknown-linux-gnu znver4".
std::string targetName(const MachineDescription &machine);
std::string compilerVersion();

/// LLVM's code generator for `machine`.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const MachineDescription &machine);

/// What the model's function for the size of that number is called in there,
/// see buildLoweringPipeline.
std::string functionName(size_t size);

/// Translates `module`, lowered and its functions called as functionName says,
/// into LLVM IR and adds the descriptor NAME_model, the plan for the runtime
/// and what connects the two; and NAME_sizes, if there are several `sizes`.
llvm::Expected<std::unique_ptr<llvm::Module>>
makeModelModule(mlir::ModuleOp module, llvm::LLVMContext &context,
                llvm::ArrayRef<ModelInterface> sizes, const ModelFacts &facts,
                const MachineDescription &machine);

/// Optimises `module` and gives its object file or assembly text.
llvm::Expected<std::vector<char>>
emitMachineCode(llvm::Module &module, const MachineDescription &machine,
                bool assembly);

} // namespace convopt

#endif // CONVOPT_CODEGEN_MODELMODULE_H
