#ifndef CONVOPT_DRIVER_ENVIRONMENT_H
#define CONVOPT_DRIVER_ENVIRONMENT_H

#include "convopt/Codegen/Kernels.h"
#include "convopt/Target/MachineDescription.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

namespace convopt {

/// What a compilation gives.
enum class Result { Model, Header, Weights, Explanation, Report };

/// What a compilation asks of the program that it runs in. convopt-compile
/// writes files, prints, and does everything itself; a library has others'
/// threads around it, so that it keeps results in memory and leaves to another
/// process what needs one of its own: Halide, which numbers its names by
/// counters of the process, and lld, which has one state and ends the process
/// where it is at a loss.
class Environment {
public:
  using Writer =
      llvm::function_ref<llvm::Error(llvm::raw_pwrite_stream &stream)>;

  virtual ~Environment() = default;

  /// Has `write` write a result, which is there whole or not at all. `path` is
  /// where the options want it.
  virtual llvm::Error write(Result what, llvm::StringRef path,
                            Writer write) = 0;
  /// Takes a result back, since something after it has failed.
  virtual void remove(Result what, llvm::StringRef path) = 0;
  /// For what explains choices as text.
  virtual llvm::raw_ostream &explanations() = 0;
  /// For what the user should know though nothing is wrong; one line. Without a
  /// location if that is empty.
  virtual void note(llvm::StringRef location, const llvm::Twine &message) = 0;
  /// The folder of temporary files that may be as large as the weights.
  virtual std::string scratchFolder() = 0;

  /// The context of a compilation, with all that makeContext gives. A program
  /// may give the same one to several compilations, one after the other: making
  /// one and loading its dialects takes a millisecond, but what it keeps only
  /// once, every type and constant, it keeps until it is destroyed.
  virtual std::shared_ptr<mlir::MLIRContext> context();

  /// See the functions of these names in Kernels.h and Link.h.
  virtual llvm::Expected<std::vector<CompiledKernel>>
  compileKernels(mlir::ModuleOp module, const KernelOptions &options) = 0;
  virtual llvm::Expected<std::vector<char>>
  mergeObjects(llvm::ArrayRef<llvm::ArrayRef<char>> objects,
               llvm::ArrayRef<std::string> symbols) = 0;
  /// Links the object that `writeObject` writes; the shared library is the
  /// result Model.
  virtual llvm::Error writeShared(llvm::StringRef path,
                                  const MachineDescription &machine,
                                  Writer writeObject) = 0;
};

} // namespace convopt

#endif // CONVOPT_DRIVER_ENVIRONMENT_H
