#include "Walk.h"
#include "Infer.h"
#include "ModelFile.h"
#include "onnx/defs/schema.h"

using namespace mlir;
using llvm::BitVector;
using llvm::Error;

namespace convopt {

/// Functions that call each other can grow without bound.
static constexpr int64_t nodeLimit = 100000, depthLimit = 32;

Walk::Walk(const onnx::ModelProto &model, Block &block, ExternalFiles &files)
    : model(model), files(files), builder(OpBuilder::atBlockEnd(&block)),
      constants(OpBuilder::atBlockBegin(&block)) {}

static Error nodeError(const onnx::NodeProto &proto, const Twine &message) {
  std::string name = proto.name();
  if (name.empty() && proto.output_size())
    name = proto.output(0);
  return llvm::createStringError("node '" + name + "' (" + proto.op_type() +
                                 "): " + message);
}

Value Walk::getValue(ImportedValue &value) {
  if (!value.value)
    value.value =
        value.constant->materialise(constants, builder.getUnknownLoc());
  return value.value;
}

Error Walk::runNodes(ArrayRef<const onnx::NodeProto *> nodes,
                     llvm::StringSet<> live, const Opsets &opsets,
                     Scope &scope) {
  std::vector<BitVector> liveOutputs(nodes.size());
  for (size_t i = nodes.size(); i-- > 0;) {
    liveOutputs[i].resize(nodes[i]->output_size());
    for (int j = 0; j < nodes[i]->output_size(); ++j)
      if (!nodes[i]->output(j).empty() && live.contains(nodes[i]->output(j)))
        liveOutputs[i].set(j);
    if (liveOutputs[i].any())
      for (const std::string &name : nodes[i]->input())
        live.insert(name);
  }
  for (size_t i = 0; i < nodes.size(); ++i)
    if (liveOutputs[i].any())
      if (Error error = importNode(*nodes[i], opsets, liveOutputs[i], scope))
        return error;
  return Error::success();
}

Error Walk::importNode(const onnx::NodeProto &proto, const Opsets &opsets,
                       const BitVector &live, Scope &scope) {
  if (++imported > nodeLimit)
    return nodeError(proto, "the model has too many nodes");
  Inputs inputs;
  for (const std::string &name : proto.input()) {
    auto it = scope.find(name);
    if (!name.empty() && it == scope.end())
      return nodeError(proto, "input '" + name + "' is not defined");
    inputs.push_back(name.empty() ? nullptr : &it->second);
  }
  Outputs outputs(proto.output_size());
  Error error = Error::success();
  if (const onnx::FunctionProto *function = findFunction(model, proto)) {
    onnx::FunctionProto body = *function;
    bindAttributes(proto, body);
    error = expandFunction(proto, body, readOpsets(body.opset_import()), inputs,
                           live, outputs);
  } else {
    error = importOperator(proto, opsets, inputs, live, outputs);
  }
  if (error)
    return error;
  for (unsigned i : live.set_bits()) {
    if (!outputs[i].value && !outputs[i].constant)
      return nodeError(proto, "output " + Twine(i) + " is not supported");
    if (!scope.try_emplace(proto.output(i), std::move(outputs[i])).second)
      return nodeError(proto, "output '" + proto.output(i) +
                                  "' is defined twice");
  }
  return Error::success();
}

Error Walk::importOperator(const onnx::NodeProto &proto, const Opsets &opsets,
                           Inputs &inputs, const BitVector &live,
                           Outputs &outputs) {
  if (!proto.domain().empty() && proto.domain() != "ai.onnx")
    return nodeError(proto, "operators of domain '" + proto.domain() +
                                "' are not supported");
  int64_t opset = opsets.lookup("");
  const onnx::OpSchema *schema = onnx::OpSchemaRegistry::Schema(
      proto.op_type(), static_cast<int>(opset), "");
  if (!schema || schema->Deprecated())
    return nodeError(proto,
                     "there is no such operator in opset " + Twine(opset));
  auto importer = getOpTable().find(proto.op_type());
  bool known = importer != getOpTable().end();
  if (!known && !schema->HasFunction() &&
      !schema->HasContextDependentFunction() &&
      !getFoldTable().contains(proto.op_type()))
    return nodeError(proto, "the operator is not supported");
  if (Error error = inferTypes(proto, *schema, inputs, live, outputs))
    return nodeError(proto, toString(std::move(error)));

  auto loc = NameLoc::get(builder.getStringAttr(proto.name()));
  Node node(proto, opset, builder, constants, loc, files, inputs, outputs,
            live);
  if (auto folder = getFoldTable().find(proto.op_type());
      folder != getFoldTable().end()) {
    llvm::Expected<bool> folded = folder->second(node);
    if (!folded)
      return folded.takeError();
    if (*folded)
      return Error::success();
  }
  if (known)
    return importer->second(node);

  std::optional<onnx::FunctionProto> body;
  std::string problem = "the operator is not supported";
  try {
    body = getFunctionBody(proto, *schema, opset, inputs);
  } catch (const std::exception &exception) {
    problem = oneLine(exception.what());
  }
  if (!body)
    return nodeError(proto, problem);
  Opsets bodyOpsets = readOpsets(body->opset_import());
  bodyOpsets.try_emplace("", opset);
  return expandFunction(proto, *body, bodyOpsets, inputs, live, outputs);
}

Error Walk::expandFunction(const onnx::NodeProto &proto,
                           onnx::FunctionProto &body, const Opsets &opsets,
                           ArrayRef<ImportedValue *> inputs,
                           const BitVector &live, Outputs &outputs) {
  if (depth >= depthLimit)
    return nodeError(proto, "functions call each other too deeply");
  if (inputs.size() > static_cast<size_t>(body.input_size()) ||
      outputs.size() > static_cast<size_t>(body.output_size()))
    return nodeError(proto, "the call does not fit the function");
  // A formal input without actual one is absent inside as well.
  llvm::StringSet<> absent;
  Scope scope;
  for (int i = 0; i < body.input_size(); ++i) {
    if (static_cast<size_t>(i) < inputs.size() && inputs[i])
      scope[body.input(i)] = *inputs[i];
    else
      absent.insert(body.input(i));
  }
  for (onnx::NodeProto &node : *body.mutable_node())
    for (std::string &name : *node.mutable_input())
      if (absent.contains(name))
        name.clear();
  SmallVector<std::string> names;
  for (unsigned i : live.set_bits())
    names.push_back(body.output(i));

  ++depth;
  Error error = run(body.node(), names, opsets, scope);
  --depth;
  if (error)
    return nodeError(proto, "in its definition, " + toString(std::move(error)));
  for (unsigned i : live.set_bits()) {
    auto it = scope.find(body.output(i));
    if (it == scope.end())
      return nodeError(proto, "its definition has no output '" +
                                  body.output(i) + "'");
    outputs[i] = it->second;
  }
  return Error::success();
}

} // namespace convopt
