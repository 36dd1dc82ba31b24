#ifndef CONVOPT_IMPORT_FUNCTIONS_H
#define CONVOPT_IMPORT_FUNCTIONS_H

#include "Node.h"
#include "onnx/onnx_pb.h"

namespace onnx {
class OpSchema;
}

namespace convopt {

/// The opset of each domain, "" for ONNX's own.
using Opsets = llvm::StringMap<int64_t>;

template <typename Imports> Opsets readOpsets(const Imports &imports) {
  Opsets opsets;
  for (const auto &import : imports)
    opsets[import.domain() == "ai.onnx" ? "" : import.domain()] =
        import.version();
  return opsets;
}

/// The functions that a model defines.
using FunctionTable = llvm::StringMap<const onnx::FunctionProto *>;
FunctionTable collectFunctions(const onnx::ModelProto &model);

/// The one that `node` calls, or null.
const onnx::FunctionProto *findFunction(const FunctionTable &functions,
                                        const onnx::NodeProto &node);

/// The definition in ONNX of an operator that has one, with the attributes of
/// `node` put in; nothing for the primitive ones. Throws what ONNX throws.
std::optional<onnx::FunctionProto>
getFunctionBody(const onnx::NodeProto &node, const onnx::OpSchema &schema,
                int64_t opset, llvm::ArrayRef<ImportedValue *> inputs);

/// Replaces references to the attributes of a function by those of its call.
void bindAttributes(const onnx::NodeProto &call, onnx::FunctionProto &body);

} // namespace convopt

#endif // CONVOPT_IMPORT_FUNCTIONS_H
