#ifndef CONVOPT_DRIVER_TOOLENVIRONMENT_H
#define CONVOPT_DRIVER_TOOLENVIRONMENT_H

#include "convopt/Driver/Compile.h"
#include "convopt/Driver/Environment.h"

namespace convopt {

/// A program that does nothing but this compilation: files, the terminal, and
/// all work in this process and its forks.
class ToolEnvironment : public Environment {
public:
  /// `options` must outlive it.
  explicit ToolEnvironment(const CompileOptions &options) : options(options) {}

  llvm::Error write(Result what, llvm::StringRef path, Writer write) override;
  void remove(Result what, llvm::StringRef path) override;
  llvm::raw_ostream &explanations() override;
  void note(llvm::StringRef location, const llvm::Twine &message) override;
  std::string scratchFolder() override;
  llvm::Expected<std::vector<CompiledKernel>>
  compileKernels(mlir::ModuleOp module, const KernelOptions &kernels) override;
  llvm::Expected<std::vector<char>>
  mergeObjects(llvm::ArrayRef<llvm::ArrayRef<char>> objects,
               llvm::ArrayRef<std::string> symbols) override;
  llvm::Error writeShared(llvm::StringRef path,
                          const MachineDescription &machine,
                          Writer writeObject) override;

private:
  const CompileOptions &options;
};

} // namespace convopt

#endif // CONVOPT_DRIVER_TOOLENVIRONMENT_H
