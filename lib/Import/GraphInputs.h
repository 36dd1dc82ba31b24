#ifndef CONVOPT_IMPORT_GRAPHINPUTS_H
#define CONVOPT_IMPORT_GRAPHINPUTS_H

#include "Node.h"
#include "convopt/Import/Import.h"
#include "onnx/onnx_pb.h"

namespace convopt {

struct GraphInput {
  std::string name;
  ImportedValue value; ///< type alone
};

/// The inputs of the graph that no initializer gives, with static shapes: from
/// the options, else the model's own. A name that stands for a dimension means
/// the same in inputs whose shape is not stated as where it is; a first
/// dimension left open is 1. The error names all sizes that are not known.
llvm::Expected<std::vector<GraphInput>>
readGraphInputs(const onnx::GraphProto &graph, const ImportOptions &options);

/// An error if `value` is not of the element type that the model states for its
/// output. Another shape is noted, since engines go by what they compute; but
/// not if the tensor is `reshaped`: by the user's shapes, or by the standard's.
llvm::Error checkDeclaredType(const onnx::ValueInfoProto &output,
                              const ImportedValue &value, bool reshaped,
                              const ImportOptions &options);

} // namespace convopt

#endif // CONVOPT_IMPORT_GRAPHINPUTS_H
