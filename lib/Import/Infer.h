#ifndef CONVOPT_IMPORT_INFER_H
#define CONVOPT_IMPORT_INFER_H

#include "Node.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/BitVector.h"

namespace onnx {
class OpSchema;
}

namespace convopt {

/// The ONNX type of a tensor.
onnx::TypeProto toTypeProto(const ImportedValue &value);

/// Checks `node` against its schema (numbers of inputs, attributes, element
/// types) and infers the types of its outputs from those of its inputs and
/// from the content of small constant ones. An output i with `live[i]` must
/// become a static tensor. The error does not name the node. True if the
/// standard's text gives a shape that differs from what ONNX infers.
llvm::Expected<bool> inferTypes(const onnx::NodeProto &node,
                                const onnx::OpSchema &schema,
                                llvm::ArrayRef<ImportedValue *> inputs,
                                const llvm::BitVector &live,
                                llvm::MutableArrayRef<ImportedValue> outputs);

} // namespace convopt

#endif // CONVOPT_IMPORT_INFER_H
