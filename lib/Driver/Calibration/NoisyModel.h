#ifndef CONVOPT_LIB_DRIVER_CALIBRATION_NOISYMODEL_H
#define CONVOPT_LIB_DRIVER_CALIBRATION_NOISYMODEL_H

#include "Arrays/Bytes.h"
#include "KernelMemory.h"
#include "LoadedProgram.h"
#include "convopt-c/model.h"
#include "convopt/Codegen/ModelInterface.h"
#include "convopt/Driver/Compile.h"
#include "convopt/Driver/Environment.h"
#include "convopt/Transforms/ChosenErrors.h"

namespace convopt {

/// A model whose convolutions compute with errors of sizes that each run is
/// given (see insertNoise), compiled for this machine and loaded.
class NoisyModel {
public:
  /// `module` is normalised and stays as it is; it is compiled with what
  /// `options` say of files and memory, for a CPU that all but old machines
  /// of this architecture have, so that these find the same.
  /// With `errors`, unless they are none, weights are rounded, and so are
  /// `images` (see roundImages). Kernels do not depend on weights, and those in
  /// `kernels` are not compiled again.
  static llvm::Expected<std::unique_ptr<NoisyModel>>
  compile(mlir::ModuleOp module, const CompileOptions &options,
          Environment &environment, KernelMemory &kernels,
          llvm::ArrayRef<ChosenError> errors = {},
          llvm::ArrayRef<int64_t> images = {});
  ~NoisyModel();

  /// Of the model itself.
  const ModelInterface &interface() const { return plain; }
  /// How many convolutions have noise; 0 only if there are none.
  int64_t convolutions() const { return count; }

  /// In how many places, each with a thread of the caller's, it may run at
  /// once.
  size_t places() const { return workspaces.size(); }

  /// `sizes` and `seeds` have two elements a convolution; each input has the
  /// bytes that the interface says, and so has each output then. False if the
  /// model has failed.
  bool run(size_t place, llvm::ArrayRef<float> sizes,
           llvm::ArrayRef<int32_t> seeds, llvm::ArrayRef<Bytes> inputs,
           std::vector<Bytes> &outputs);

private:
  NoisyModel() = default;
  llvm::Error build(mlir::ModuleOp module, const CompileOptions &options,
                    Environment &environment, KernelMemory &known,
                    llvm::ArrayRef<ChosenError> errors,
                    llvm::ArrayRef<int64_t> images);
  llvm::Error load(llvm::ArrayRef<llvm::ArrayRef<char>> objects,
                   llvm::StringRef symbol);

  ModelInterface plain;
  int64_t count = 0;
  Bytes weights;
  std::vector<Bytes> workspaces;
  std::unique_ptr<LoadedProgram> program;
  const convopt_model *model = nullptr;
};

/// The bytes of a tensor as the interface describes it.
int64_t bytesOf(const TensorInfo &tensor);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_CALIBRATION_NOISYMODEL_H
