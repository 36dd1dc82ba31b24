#ifndef CONVOPT_IMPORT_MODELFILE_H
#define CONVOPT_IMPORT_MODELFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace onnx {
class ModelProto;
}

namespace convopt {

/// Reads an ONNX model, which must be a whole protobuf message and use an
/// opset that we know. Errors do not name the file.
llvm::Expected<std::unique_ptr<onnx::ModelProto>>
readModelFile(llvm::StringRef path);

/// The same of a model in memory.
llvm::Expected<std::unique_ptr<onnx::ModelProto>>
readModelBytes(llvm::StringRef data);

/// What onnx::checker finds wrong. External data lie in `folder`. The model is
/// the same afterwards.
llvm::Error checkModel(onnx::ModelProto &model, llvm::StringRef folder);

/// A message in one line of legal text: names in a file can be any bytes, and
/// the exceptions of ONNX have several lines.
std::string oneLine(llvm::StringRef text);

} // namespace convopt

#endif // CONVOPT_IMPORT_MODELFILE_H
