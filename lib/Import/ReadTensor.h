#ifndef CONVOPT_IMPORT_READTENSOR_H
#define CONVOPT_IMPORT_READTENSOR_H

#include "Constant.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace onnx {
class TensorProto;
}

namespace convopt {

/// The files beside a model that hold its weights, each mapped once.
class ExternalFiles {
public:
  /// `folder` is where the model file is; without one there are none.
  explicit ExternalFiles(std::optional<std::string> folder)
      : folder(std::move(folder)) {}

  /// The mapped file called `location`, a relative path that, links resolved,
  /// stays inside the folder of the model.
  llvm::Expected<std::shared_ptr<llvm::MemoryBuffer>>
  open(llvm::StringRef location);

private:
  std::optional<std::string> folder;
  llvm::StringMap<std::shared_ptr<llvm::MemoryBuffer>> opened;
};

/// Reads a tensor after checking its size against its shape. Raw data is moved
/// out of `tensor`, external data stay in their mapped file; only data in
/// ONNX's typed fields are converted. Errors do not name the tensor.
llvm::Expected<Constant> readTensor(onnx::TensorProto &tensor,
                                    ExternalFiles &files);

/// The other way, for ONNX's own functions; meant for small tensors.
onnx::TensorProto toTensorProto(const Constant &constant);

} // namespace convopt

#endif // CONVOPT_IMPORT_READTENSOR_H
