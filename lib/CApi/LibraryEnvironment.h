#ifndef CONVOPT_LIB_CAPI_LIBRARYENVIRONMENT_H
#define CONVOPT_LIB_CAPI_LIBRARYENVIRONMENT_H

#include "convopt/Driver/Compile.h"
#include "convopt/Driver/Environment.h"
#include "convopt/Driver/Worker.h"
#include "llvm/ADT/SmallVector.h"
#include <array>
#include <functional>
#include <optional>

namespace convopt {

/// The results of a compilation, by the numbers of Result; those that it has
/// not are empty.
using ResultBytes = std::array<std::optional<llvm::SmallVector<char, 0>>, 5>;

/// A compilation in somebody else's program: see Environment.
class LibraryEnvironment : public Environment {
public:
  /// `options` must outlive it; `program` is convopt-compile.
  LibraryEnvironment(const CompileOptions &options, std::string program);

  /// What was written and not removed. Once.
  ResultBytes take();
  /// Each location and message, in order.
  using Notes = std::vector<std::pair<std::string, std::string>>;
  const Notes &getNotes() const { return notes; }

  llvm::Error write(Result what, llvm::StringRef path, Writer write) override;
  void remove(Result what, llvm::StringRef path) override;
  llvm::raw_ostream &explanations() override { return explained; }
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
  ResultBytes results;
  llvm::SmallVector<char, 0> explanation;
  llvm::raw_svector_ostream explained{explanation};
  Notes notes;
  Worker worker;
};

} // namespace convopt

#endif // CONVOPT_LIB_CAPI_LIBRARYENVIRONMENT_H
