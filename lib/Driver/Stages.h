#ifndef CONVOPT_DRIVER_STAGES_H
#define CONVOPT_DRIVER_STAGES_H

#include "Session.h"
#include "WriteModel.h"
#include "convopt/Report/Explanation.h"
#include "convopt/Transforms/Pipelines.h"
#include "convopt/Transforms/SelectPrimitives.h"

// The stages of a compilation, in their order. Each takes what the one before
// gives; the module is the same one, rewritten.
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

/// Normalises the module and chooses a primitive for each convolution, within
/// the limits of `options`. A note says what had no measured costs, if those
/// are asked for.
llvm::Expected<Selected> select(Session &session, OwnedModule module,
                                const CompileOptions &options);

struct Kernels {
  OwnedModule module; ///< kernels and their launches
  std::vector<CompiledKernel> compiled;
  /// What the user should know of the object's costs, said at the end.
  std::vector<std::string> notes = {};
};

/// Forms the kernels and compiles each, to what `options.emit` asks for.
llvm::Expected<Kernels> makeKernels(Session &session, OwnedModule module,
                                    const MachineDescription &machine,
                                    const CompileOptions &options);

struct Placed {
  Placement placement;
  ModelFacts facts;
  /// If that is asked for, see wantsReports.
  std::optional<Program> program = {};
  ModelSizes sizes = {};
};

/// Plans the memory, and describes what is in it.
llvm::Expected<Placed> place(Session &session, Kernels &kernels,
                             const ModelInterface &interface,
                             const MachineDescription &machine,
                             const CompileOptions &options);

struct Lowered {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> main; ///< the function and its descriptor
  ConstantPool weights;
  ModelFacts facts;
};

/// Lowers what is not in kernels to LLVM IR.
llvm::Expected<Lowered> lower(Session &session, Kernels &kernels, Placed placed,
                              const ModelInterface &interface,
                              const MachineDescription &machine,
                              const CompileOptions &options);

/// Merges everything into one object.
llvm::Expected<FinishedModel> link(Session &session, Lowered lowered,
                                   const Kernels &kernels,
                                   const ModelInterface &interface,
                                   const MachineDescription &machine);

/// Whether --explain=json or --report is given.
bool wantsReports(const CompileOptions &options);

} // namespace convopt

#endif // CONVOPT_DRIVER_STAGES_H
