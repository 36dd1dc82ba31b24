#ifndef CONVOPT_DRIVER_SESSION_H
#define CONVOPT_DRIVER_SESSION_H

#include "convopt/Driver/Environment.h"
#include "convopt/Driver/LoadModel.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include <set>

namespace convopt {

/// Makes MLIR's options for passes (--mlir-print-ir-after-all, --mlir-timing
/// and the like) options of this program. Once, before the command line is
/// read.
void registerPassOptions();

/// What all stages of a compilation share: the context, what MLIR reports
/// there, and how the command line wants passes to be run.
class Session {
public:
  Session(const CompileOptions &options, Environment &environment);

  Environment &environment;

  mlir::MLIRContext &getContext() { return *context; }

  /// Runs the passes that `build` adds on `module`. The error is the first that
  /// MLIR has reported, else that `stage` failed.
  llvm::Error run(mlir::ModuleOp module, llvm::StringRef stage,
                  llvm::function_ref<void(mlir::OpPassManager &)> build);

  /// Counts as the time of `stage` until it is destroyed; says that it begins,
  /// if the user wants to know.
  mlir::TimingScope time(llvm::StringRef stage);

  /// Environment::note, but what has been said is not said again.
  void note(llvm::StringRef location, const llvm::Twine &message);

  /// For what explains choices as text: Environment::explanations, unless it is
  /// held back.
  llvm::raw_ostream &explanations();
  /// From now on it is held back, since it may be of no use; what has been held
  /// back before is forgotten.
  void holdExplanations();
  /// It was of use.
  void releaseExplanations();

  /// See Diagnostics.
  llvm::Error explain(llvm::Error error) const {
    return diagnostics.explain(std::move(error));
  }

private:
  std::shared_ptr<mlir::MLIRContext> context;
  Diagnostics diagnostics;
  std::set<std::pair<std::string, std::string>> notes;
  std::string heldText;
  llvm::raw_string_ostream held{heldText};
  bool holds = false;
  bool verbose;
  bool timesPasses;                  ///< --mlir-timing
  mlir::DefaultTimingManager timing; ///< prints when it is destroyed
  mlir::TimingScope total;
};

} // namespace convopt

#endif // CONVOPT_DRIVER_SESSION_H
