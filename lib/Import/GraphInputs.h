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
/// the same in all inputs; a first dimension left open is 1.
llvm::Expected<std::vector<GraphInput>>
readGraphInputs(const onnx::GraphProto &graph, const ImportOptions &options);

/// An error if `value` is not what the model says of its output. Its static
/// dimensions do not hold if the user gave the inputs other shapes.
llvm::Error checkDeclaredType(const onnx::ValueInfoProto &output,
                              const ImportedValue &value, bool reshaped);

} // namespace convopt

#endif // CONVOPT_IMPORT_GRAPHINPUTS_H
