#ifndef CONVOPT_UNITTESTS_CODEGEN_KERNELRUNNER_H
#define CONVOPT_UNITTESTS_CODEGEN_KERNELRUNNER_H

#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Target/MachineDescription.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "gtest/gtest.h"
#include <functional>

namespace convopt::test {

/// The elements of one tensor, row-major, as they lie in memory.
struct Tensor {
  mlir::RankedTensorType type;
  std::vector<char> bytes;

  explicit Tensor(mlir::RankedTensorType type);
  /// Element i as a number.
  double get(int64_t i) const;
  void set(int64_t i, double value);
  int64_t size() const { return type.getNumElements(); }
};

struct CheckOptions {
  /// Largest |a - b| / (1 + |b|).
  double tolerance = 1e-5;
  /// Value of element i of argument n; a fixed random sequence if not set.
  std::function<double(unsigned n, int64_t i)> input;
  int64_t threads = 1;
};

/// A context with every dialect, on one thread.
mlir::MLIRContext &context();
mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef text);

/// Compiles the only kernel of `module` and runs it between pages that must
/// not be touched.
std::vector<Tensor> runKernel(mlir::ModuleOp module,
                              const std::vector<Tensor> &inputs,
                              const MachineDescription &machine,
                              int64_t threads);

/// Runs the same body as upstream MLIR compiles it, loop by loop.
std::vector<Tensor> runReference(mlir::ModuleOp module,
                                 const std::vector<Tensor> &inputs);

/// Arguments for `kernel`: options.input's, or random.
std::vector<Tensor> makeInputs(KernelOp kernel, const CheckOptions &options);

void expectClose(const std::vector<Tensor> &results,
                 const std::vector<Tensor> &expected, double tolerance);

/// Both, on this machine's widest vectors and on AVX2, and compares them.
void checkKernel(llvm::StringRef text, const CheckOptions &options = {});

/// Loads an object or LLVM module and gives `symbol`.
std::unique_ptr<llvm::orc::LLJIT> createJit();

} // namespace convopt::test

#endif // CONVOPT_UNITTESTS_CODEGEN_KERNELRUNNER_H
