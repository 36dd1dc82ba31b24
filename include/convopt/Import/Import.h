#ifndef CONVOPT_IMPORT_IMPORT_H
#define CONVOPT_IMPORT_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace convopt {

/// A model that is in memory instead of in a file.
struct ModelBytes {
  llvm::StringRef bytes; ///< not copied
  /// Where external data lie; without one they are refused, since a file
  /// relative to nothing would be one of wherever the process happens to be.
  std::optional<std::string> folder = {};
};

struct ImportOptions {
  /// From --shape=NAME:1x3x224x224. An input that is not named keeps its
  /// shape; a symbolic batch (the first dimension) becomes 1.
  llvm::StringMap<std::vector<int64_t>> shapes;
  /// Channels of a block, 8 or 16, in models that ONNX Runtime has laid out for
  /// one CPU, where they do not tell.
  int64_t channelBlock = 8;
  /// Told, in one line, what the model leaves open and how that was taken. May
  /// be empty.
  std::function<void(const std::string &)> note = {};
  /// If given, the path of the model is only what messages call it.
  std::optional<ModelBytes> memory = {};
};

/// Reads an ONNX model into a module with one function, `main`, from the
/// graph's inputs to its outputs, in their order; each argument and result has
/// the attributes convopt.name (the ONNX name) and convopt.type (f32, u8, ...,
/// as the object's interface names it). Convolutions are NCHW named linalg ops
/// with a tensor.pad before them; weights are dense_resource constants.
/// Any problem with the file is an error of one line with file, node and
/// operator; nothing in the file can make this crash.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importOnnx(llvm::StringRef path, mlir::MLIRContext &context,
           const ImportOptions &options);

} // namespace convopt

#endif // CONVOPT_IMPORT_IMPORT_H
