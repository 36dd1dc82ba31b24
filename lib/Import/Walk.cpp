#include "Walk.h"
#include "ModelFile.h"
#include "Support.h"

using namespace mlir;
using llvm::BitVector;
using llvm::Error;

namespace convopt {

/// Functions that call each other can grow without bound.
static constexpr int64_t nodeLimit = 100000;

Walk::Walk(const FunctionTable &functions, Block &block, ExternalFiles &files,
           const ImportOptions &options)
    : functions(functions), files(files), options(options),
      builder(OpBuilder::atBlockEnd(&block)),
      constants(OpBuilder::atBlockBegin(&block)) {}

Value Walk::getValue(ImportedValue &value) {
  if (!value.value)
    value.value =
        value.constant->materialise(constants, builder.getUnknownLoc());
  return value.value;
}

/// What a node reads, its subgraphs too.
static void addReads(const onnx::NodeProto &node, llvm::StringSet<> &live) {
  for (const std::string &name : node.input())
    live.insert(name);
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    for (const onnx::NodeProto &inner : attribute.g().node())
      addReads(inner, live);
    for (const onnx::ValueInfoProto &output : attribute.g().output())
      live.insert(output.name());
  }
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
      addReads(*nodes[i], live);
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
  if (const onnx::FunctionProto *function = findFunction(functions, proto)) {
    onnx::FunctionProto body = *function;
    bindAttributes(proto, body);
    error = expandFunction(proto, body, readOpsets(body.opset_import()), inputs,
                           live, outputs);
  } else if (isControlFlow(proto)) {
    error = importControlFlow(proto, opsets, inputs, live, outputs, scope);
  } else if (Expandable foreign = findExpansion(proto, opsets.lookup(""));
             foreign.expand) {
    error = importForeign(proto, foreign, opsets, inputs, live, outputs);
  } else {
    error = importOperator(proto, opsets, inputs, live, outputs);
  }
  if (error)
    return error;
  for (unsigned i : live.set_bits()) {
    if (!outputs[i].value && !outputs[i].constant)
      return nodeError(proto, "output " + Twine(i) + " is not supported");
    if (!scope.try_emplace(proto.output(i), std::move(outputs[i])).second)
      return nodeError(proto,
                       "output '" + proto.output(i) + "' is defined twice");
  }
  return Error::success();
}

Error Walk::expandFunction(const onnx::NodeProto &proto,
                           onnx::FunctionProto &body, const Opsets &opsets,
                           ArrayRef<ImportedValue *> inputs,
                           const BitVector &live, Outputs &outputs,
                           const Scope &constants) {
  if (depth >= depthLimit)
    return nodeError(proto, "functions call each other too deeply");
  if (inputs.size() > static_cast<size_t>(body.input_size()) ||
      outputs.size() > static_cast<size_t>(body.output_size()))
    return nodeError(proto, "the call does not fit the function");
  // A formal input without actual one is absent inside as well.
  llvm::StringSet<> absent;
  Scope scope(constants);
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
  // The outermost call and the innermost node say enough.
  if (error && depth > 0)
    return error;
  if (error)
    return nodeError(proto, "in its definition, " + toString(std::move(error)));
  for (unsigned i : live.set_bits()) {
    auto it = scope.find(body.output(i));
    if (it == scope.end())
      return nodeError(proto,
                       "its definition has no output '" + body.output(i) + "'");
    outputs[i] = it->second;
  }
  return Error::success();
}

Error readInitializers(onnx::GraphProto &graph, ExternalFiles &files,
                       Walk::Scope &scope) {
  if (graph.sparse_initializer_size())
    return llvm::createStringError("sparse initializers are not supported");
  for (onnx::TensorProto &tensor : *graph.mutable_initializer()) {
    auto constant = readTensor(tensor, files);
    if (!constant)
      return llvm::createStringError("initializer '" + tensor.name() + "' " +
                                     toString(constant.takeError()));
    constant->setName(tensor.name());
    ImportedValue value;
    value.kind = constant->kind();
    value.shape.assign(constant->shape().begin(), constant->shape().end());
    value.constant = std::move(*constant);
    if (!scope.try_emplace(tensor.name(), std::move(value)).second)
      return llvm::createStringError("initializer '" + tensor.name() +
                                     "' is defined twice");
  }
  return Error::success();
}

} // namespace convopt
