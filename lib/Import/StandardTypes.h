#ifndef CONVOPT_IMPORT_STANDARDTYPES_H
#define CONVOPT_IMPORT_STANDARDTYPES_H

#include "Node.h"
#include "onnx/defs/shape_inference.h"

namespace onnx {
class OpSchema;
}

namespace convopt {

/// Completes what ONNX's inference left in `context`: outputs that it gives no
/// type or no shape, though the standard says them, and shapes that are not
/// those of the standard's text. True if one of the latter was replaced.
bool completeTypes(const onnx::NodeProto &node, const onnx::OpSchema &schema,
                   llvm::ArrayRef<ImportedValue *> inputs,
                   onnx::InferenceContext &context);

} // namespace convopt

#endif // CONVOPT_IMPORT_STANDARDTYPES_H
