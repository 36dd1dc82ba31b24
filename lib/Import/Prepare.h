#ifndef CONVOPT_IMPORT_PREPARE_H
#define CONVOPT_IMPORT_PREPARE_H

#include "onnx/onnx_pb.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// Brings a model into the form that ONNX asks for, where others are lenient:
/// nodes in topological order, those that are in order already as they are, in
/// branches and functions too; operators that ONNX Runtime has put into ONNX's
/// domain before ONNX had them in its own. An error if nodes read each other in
/// a circle.
llvm::Error prepareModel(onnx::ModelProto &model);

} // namespace convopt

#endif // CONVOPT_IMPORT_PREPARE_H
