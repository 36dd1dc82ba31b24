#ifndef CONVOPT_DRIVER_STAGES_H
#define CONVOPT_DRIVER_STAGES_H

#include "KernelMemory.h"
#include "Session.h"
#include "WriteModel.h"
#include "convopt/Report/Explanation.h"
#include "convopt/Transforms/PackedForms.h"
#include "convopt/Transforms/Pipelines.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "convopt/Transforms/ShareConstants.h"

// The stages of a compilation, in their order. Each takes what the one before
// gives; the module is the same one, rewritten. An object for several sizes is
// loaded and selected size by size; the functions then stand in one module,
// which takes the rest of the way as a whole.
namespace convopt {

using OwnedModule = mlir::OwningOpRef<mlir::ModuleOp>;

struct Loaded {
  OwnedModule module;
  ModelInterface interface;
};

/// Imports ONNX or parses MLIR. An error unless the module has one function,
/// of tensors that an object's interface can name.
llvm::Expected<Loaded> load(Session &session, const CompileOptions &options);

struct Selected {
  OwnedModule module; ///< normalised, its convolutions annotated
  Selection selection;
};

/// What the sizes of one object have in common.
struct SharedWeights {
  ConstantSharer constants;
  PackedForms forms;
};

/// Normalises the module and chooses a primitive for each convolution, within
/// the limits of `options`. A note says what had no measured costs, if those
/// are asked for. With `shared`, which is null where there is one size,
/// constants become those of the sizes before, and so do packed filters where
/// that costs less time than the memory is worth.
llvm::Expected<Selected> select(Session &session, OwnedModule module,
                                const CompileOptions &options,
                                SharedWeights *shared = nullptr);

/// The second half of that, for a module that is normalised.
llvm::Expected<Selected> choose(Session &session, OwnedModule module,
                                const CompileOptions &options,
                                SharedWeights *shared = nullptr);

/// A model as far as `options.emit` needs it before kernels are formed.
struct Chosen {
  OwnedModule module; ///< a function for each size, in their order
  std::vector<ModelInterface> sizes;
  std::vector<Selection> selections; ///< none for Emit::Linalg
};

/// Loads and selects, for each size of `options`, or for the one there is.
llvm::Expected<Chosen> chooseForSizes(Session &session,
                                      const CompileOptions &options);

struct Kernels {
  OwnedModule module; ///< kernels and their launches
  std::vector<CompiledKernel> compiled;
  /// What the user should know of the object's costs, said at the end.
  std::vector<std::string> notes = {};
};

/// Forms the kernels and compiles each, to what `options.emit` asks for, or
/// takes it from `known`, which may be null.
llvm::Expected<Kernels> makeKernels(Session &session, OwnedModule module,
                                    const MachineDescription &machine,
                                    const CompileOptions &options,
                                    KernelMemory *known = nullptr);

struct Placed {
  Placement placement;
  ModelFacts facts;
  /// Of each size, if that is asked for, see wantsReports.
  std::vector<Program> programs = {};
  std::vector<ModelMemory> memory = {};
};

/// Plans the memory, and describes what is in it.
llvm::Expected<Placed> place(Session &session, Kernels &kernels,
                             llvm::ArrayRef<ModelInterface> sizes,
                             const MachineDescription &machine,
                             const CompileOptions &options);

struct Lowered {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> main; ///< the functions and their descriptor
  ConstantPool weights;
  ModelFacts facts;
};

/// Lowers what is not in kernels to LLVM IR.
llvm::Expected<Lowered> lower(Session &session, Kernels &kernels, Placed placed,
                              llvm::ArrayRef<ModelInterface> sizes,
                              const MachineDescription &machine,
                              const CompileOptions &options);

/// The objects that make one model: that of what is not in kernels, each
/// kernel's, and the runtime. They refer to their arguments.
llvm::Expected<std::vector<llvm::ArrayRef<char>>>
partsOf(llvm::ArrayRef<char> main, const Kernels &kernels,
        const MachineDescription &machine);

/// Merges everything into one object.
llvm::Expected<FinishedModel> link(Session &session, Lowered lowered,
                                   const Kernels &kernels,
                                   llvm::ArrayRef<ModelInterface> sizes,
                                   const MachineDescription &machine);

/// Whether --explain=json or --report is given.
bool wantsReports(const CompileOptions &options);

} // namespace convopt

#endif // CONVOPT_DRIVER_STAGES_H
