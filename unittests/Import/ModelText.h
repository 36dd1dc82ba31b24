#ifndef CONVOPT_UNITTESTS_IMPORT_MODELTEXT_H
#define CONVOPT_UNITTESTS_IMPORT_MODELTEXT_H

#include "convopt/Import/Import.h"
#include "mlir/IR/MLIRContext.h"
#include "onnx/onnx_pb.h"
#include <string>

namespace convopt::test {

/// A model in ONNX's text form.
onnx::ModelProto parseModel(const std::string &text);

/// A file that lives as long as this does, in a folder of its own.
class ModelFolder {
public:
  ModelFolder();
  ~ModelFolder();
  std::string path(const std::string &name) const { return root + "/" + name; }
  /// Writes a file; its path.
  std::string write(const std::string &name, const std::string &bytes) const;

private:
  std::string root;
};

/// What importing says of the model: "" if it works, else the message without
/// the name of the file.
std::string importError(const onnx::ModelProto &model,
                        const ImportOptions &options = {});
std::string importFileError(const std::string &path,
                            const ImportOptions &options = {});

/// The imported module as text.
std::string importText(const onnx::ModelProto &model);

} // namespace convopt::test

#endif // CONVOPT_UNITTESTS_IMPORT_MODELTEXT_H
