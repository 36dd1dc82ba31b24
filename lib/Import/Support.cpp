#include "Support.h"
#include "Expand/Expansion.h"
#include "Functions.h"
#include "onnx/defs/schema.h"

using namespace llvm;

namespace convopt {

Error nodeError(const onnx::NodeProto &node, const Twine &message) {
  StringRef name = node.name();
  if (name.empty() && node.output_size())
    name = node.output(0);
  return createStringError("node '" + name + "' (" + node.op_type() +
                           "): " + message);
}

bool isExpanded(const onnx::NodeProto &node, const onnx::OpSchema &schema) {
  return !getOpTable().contains(node.op_type()) &&
         (schema.HasFunction() || schema.HasContextDependentFunction());
}

bool isControlFlow(const onnx::NodeProto &node) {
  return (node.domain().empty() || node.domain() == "ai.onnx") &&
         (node.op_type() == "If" || node.op_type() == "Loop" ||
          node.op_type() == "Scan");
}

std::optional<StringRef> standardDomain(const onnx::NodeProto &node) {
  if (node.domain().empty() || node.domain() == "ai.onnx")
    return "";
  if (node.domain() == "ai.onnx.ml")
    return "ai.onnx.ml";
  return std::nullopt;
}

Expected<const onnx::OpSchema *> findOperator(const onnx::NodeProto &node,
                                              const Opsets &opsets) {
  std::optional<StringRef> domain = standardDomain(node);
  if (!domain) {
    bool someAre = any_of(getExpandTable().keys(), [&](StringRef name) {
      return name.starts_with(node.domain() + ":");
    });
    return nodeError(
        node,
        (someAre ? "this operator of domain '" : "operators of domain '") +
            node.domain() +
            (someAre ? "' is not supported" : "' are not supported"));
  }
  const int64_t opset = opsets.lookup(*domain);
  const onnx::OpSchema *schema = onnx::OpSchemaRegistry::Schema(
      node.op_type(), static_cast<int>(opset), domain->str());
  if (!schema || schema->Deprecated())
    return nodeError(node, "there is no such operator in opset " +
                               Twine(opset) +
                               (domain->empty() ? "" : " of " + *domain));
  // A choice between graphs, or the repetition of one, is no operation.
  if (!getOpTable().contains(node.op_type()) &&
      !getFoldTable().contains(node.op_type()) && !isExpanded(node, *schema) &&
      !isControlFlow(node))
    return nodeError(node, "the operator is not supported");
  return schema;
}

Error checkOperators(const onnx::ModelProto &model) {
  Opsets opsets = readOpsets(model.opset_import());
  int64_t opset = opsets.lookup("");
  FunctionTable functions = collectFunctions(model);
  for (const onnx::NodeProto &node : model.graph().node()) {
    if (findFunction(functions, node))
      continue;
    bool isForeign = findExpansion(node, opset).expand;
    if (isForeign && !node.domain().empty() && node.domain() != "ai.onnx")
      continue;
    // What is expanded becomes nodes of opset 7.
    if (isForeign && !onnx::OpSchemaRegistry::Schema(
                         node.op_type(), static_cast<int>(opset), ""))
      return nodeError(node,
                       "there is no such operator in opset " + Twine(opset));
    Opsets defining = opsets;
    if (isForeign)
      defining[""] = 7;
    if (auto schema = findOperator(node, defining); !schema)
      return schema.takeError();
  }
  return Error::success();
}

} // namespace convopt
