#ifndef CONVOPT_IMPORT_MISSINGWEIGHTS_H
#define CONVOPT_IMPORT_MISSINGWEIGHTS_H

#include "onnx/onnx_pb.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace convopt {

/// An error if `model`, whose external data lie in `folder`, if there is one,
/// comes without weights: initializers without data, initializers in a file
/// that is not there, or nodes that read what nothing defines. It says which
/// and what to do.
llvm::Error checkWeights(const onnx::ModelProto &model,
                         const std::optional<std::string> &folder);

} // namespace convopt

#endif // CONVOPT_IMPORT_MISSINGWEIGHTS_H
