#ifndef CONVOPT_REPORT_PROGRAM_H
#define CONVOPT_REPORT_PROGRAM_H

#include "convopt/Codegen/LaunchProfile.h"
#include "convopt/Codegen/ModelInterface.h"
#include "convopt/Transforms/KernelParts.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <optional>
#include <string>
#include <vector>

namespace convopt {

/// Where a tensor lies.
enum class TensorPlace { Input, Output, Weights, Workspace };

/// "input", "output", "weights", "workspace"
llvm::StringRef stringifyTensorPlace(TensorPlace place);

/// A block of memory that steps read and write.
struct ProgramTensor {
  std::string name; ///< the interface's, else the node that writes it first
  std::string type; ///< of its elements, as the IR names it
  std::vector<int64_t> dims;
  TensorPlace place;
  /// In the workspace or the weights; in the interface's order otherwise 0.
  int64_t offset = 0;
  int64_t bytes = 0;
  /// The first and the last step that touch it; -1 if none does.
  int64_t first = -1, last = -1;
};

/// One operand of a step: a tensor or a dense part of it.
struct TensorUse {
  int64_t tensor; ///< a number in Program::tensors
  std::vector<int64_t> dims;
  int64_t offset = 0; ///< bytes from the tensor's begin
  int64_t bytes = 0;
  /// Read from the weights: bytes before they were packed.
  int64_t unpackedBytes = 0;
  std::vector<int64_t> from = {}; ///< read: the steps that wrote it
};

/// A launch of a kernel, or what is done outside of kernels: a copy, a sort.
struct ProgramStep {
  std::optional<int64_t> launch; ///< its number, as LaunchProfile's order
  LaunchProfile profile;         ///< of others node, operation and shape alone
  std::vector<KernelPart> parts;
  std::vector<TensorUse> reads, writes;
};

/// The model's function as it runs, in its order.
struct Program {
  std::vector<ProgramStep> steps;
  std::vector<ProgramTensor> tensors;
};

/// Reads that off `main` after placement, when its last two arguments are the
/// weights and the workspace, and its kernels are still there. `launches` are
/// profileLaunches's.
Program describeProgram(mlir::func::FuncOp main,
                        const ModelInterface &interface,
                        llvm::ArrayRef<LaunchProfile> launches);

} // namespace convopt

#endif // CONVOPT_REPORT_PROGRAM_H
