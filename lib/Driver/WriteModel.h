#ifndef CONVOPT_DRIVER_WRITEMODEL_H
#define CONVOPT_DRIVER_WRITEMODEL_H

#include "convopt/Codegen/ModelModule.h"
#include "convopt/Driver/Environment.h"
#include "convopt/Transforms/Lowering.h"

namespace convopt {

/// All that makes model.o and model.h.
struct FinishedModel {
  std::vector<ModelInterface> sizes;
  ModelFacts facts;
  ConstantPool weights;
  std::vector<char> object; ///< with an empty section for the weights
};

/// Bytes of the object with its weights, also where they have a file of their
/// own.
llvm::Expected<int64_t> modelBytes(const FinishedModel &model);

/// Writes `module` as text.
llvm::Error writeModule(Environment &environment, llvm::StringRef path,
                        mlir::ModuleOp module);

/// Writes `module`, then each kernel's loops.
llvm::Error writeKernels(Environment &environment, llvm::StringRef path,
                         mlir::ModuleOp module,
                         llvm::ArrayRef<CompiledKernel> kernels);

/// Makes the folder `path`: one file for `main`, the model's function and its
/// descriptor, one for each kernel.
llvm::Error writeFolder(llvm::StringRef path, llvm::StringRef main,
                        llvm::ArrayRef<CompiledKernel> kernels,
                        llvm::StringRef suffix);

/// Writes the object, and its header beside it; neither without the other.
llvm::Error writeObject(Environment &environment, llvm::StringRef path,
                        const FinishedModel &model);

/// The same with a shared library.
llvm::Error writeShared(Environment &environment, llvm::StringRef path,
                        const FinishedModel &model,
                        const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_DRIVER_WRITEMODEL_H
