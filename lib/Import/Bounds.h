#ifndef CONVOPT_IMPORT_BOUNDS_H
#define CONVOPT_IMPORT_BOUNDS_H

#include "Node.h"
#include "onnx/defs/shape_inference.h"

namespace convopt {

/// Puts the largest shapes in place of those that ONNX leaves open because they
/// depend on data: NonZero, Compress, Unique, NonMaxSuppression; and that of
/// MaxUnpool with an output_shape that is known.
void boundSizes(const onnx::NodeProto &node,
                llvm::ArrayRef<ImportedValue *> inputs,
                onnx::InferenceContext &context);

} // namespace convopt

#endif // CONVOPT_IMPORT_BOUNDS_H
