#ifndef CONVOPT_IMPORT_MISSINGWEIGHTS_H
#define CONVOPT_IMPORT_MISSINGWEIGHTS_H

#include "onnx/onnx_pb.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// An error if `model`, read from the folder `folder`, comes without weights:
/// initializers without data, initializers in a file that is not there, or
/// nodes that read what nothing defines. It says which and what to do.
llvm::Error checkWeights(const onnx::ModelProto &model, llvm::StringRef folder);

} // namespace convopt

#endif // CONVOPT_IMPORT_MISSINGWEIGHTS_H
