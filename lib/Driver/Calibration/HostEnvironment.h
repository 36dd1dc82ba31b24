#ifndef CONVOPT_LIB_DRIVER_CALIBRATION_HOSTENVIRONMENT_H
#define CONVOPT_LIB_DRIVER_CALIBRATION_HOSTENVIRONMENT_H

#include "convopt/Driver/Environment.h"

namespace convopt {

/// For a compilation within another whose result is run at once: kernels are
/// compiled as the other's are; nothing is said, and nothing is written.
class HostEnvironment : public Environment {
public:
  explicit HostEnvironment(Environment &outer) : outer(outer) {}

  llvm::Error write(Result, llvm::StringRef, Writer) override {
    return nothingOfTheKind();
  }
  void remove(Result, llvm::StringRef) override {}
  llvm::raw_ostream &explanations() override { return llvm::nulls(); }
  void note(llvm::StringRef, const llvm::Twine &) override {}
  std::string scratchFolder() override { return outer.scratchFolder(); }
  llvm::Expected<std::vector<CompiledKernel>>
  compileKernels(mlir::ModuleOp module, const KernelOptions &options) override {
    return outer.compileKernels(module, options);
  }
  llvm::Expected<std::vector<char>>
  mergeObjects(llvm::ArrayRef<llvm::ArrayRef<char>>,
               llvm::ArrayRef<std::string>) override {
    return nothingOfTheKind();
  }
  llvm::Error writeShared(llvm::StringRef, const MachineDescription &,
                          Writer) override {
    return nothingOfTheKind();
  }

private:
  static llvm::Error nothingOfTheKind() {
    return llvm::createStringError("a calibration writes nothing");
  }
  Environment &outer;
};

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_CALIBRATION_HOSTENVIRONMENT_H
