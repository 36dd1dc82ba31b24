#ifndef CONVOPT_CODEGEN_MODELINTERFACE_H
#define CONVOPT_CODEGEN_MODELINTERFACE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace convopt {

/// An input or output of the model, as the object's interface names it.
struct TensorInfo {
  std::string name, type;
  std::vector<int64_t> dims;
  /// An output whose sizes depend on data: `dims` are the largest.
  bool isOpen = false;
};

/// What the model looks like from outside.
struct ModelInterface {
  std::vector<TensorInfo> inputs, outputs;
  /// The outputs that are open, by number, in the order in which the function
  /// gives their true shapes, behind all outputs.
  std::vector<int64_t> shapes;
};

/// What is said of several sizes of one model at once: dimensions that are not
/// the same in all are -1, and an output is open that is so in one of them. An
/// error if more than dimensions differs.
llvm::Expected<ModelInterface>
commonInterface(llvm::ArrayRef<ModelInterface> sizes);

/// Reads the attributes convopt.name and convopt.type and the static types off
/// `main`; without attributes the names are input0, output0, ..., and the types
/// those of the IR. An error if a value is not a static tensor of a type that
/// the interface knows. A result with convopt.shape_of, the number of an
/// output, is the true shape of that one (i64, one element a dimension); such
/// results come last.
llvm::Expected<ModelInterface> readInterface(mlir::func::FuncOp main);

/// The function that holds the model: the one with a body, or of several the
/// one that is not private. An error if there is not exactly one, or if its
/// body has several blocks.
llvm::Expected<mlir::func::FuncOp> findMain(mlir::ModuleOp module);

/// The functions of a module that holds one model for several sizes, in their
/// order: those with a body, or if some of them are private, the others.
llvm::Expected<llvm::SmallVector<mlir::func::FuncOp>>
findSizes(mlir::ModuleOp module);

} // namespace convopt

#endif // CONVOPT_CODEGEN_MODELINTERFACE_H
