#include "Walk.h"
#include "Infer.h"
#include "ModelFile.h"
#include "Support.h"
#include "WideSums.h"
#include "onnx/defs/schema.h"

using namespace mlir;
using llvm::BitVector;
using llvm::Error;

namespace convopt {

/// Functions that call each other can grow without bound.
static constexpr int64_t nodeLimit = 100000;

Walk::Walk(const FunctionTable &functions, Block &block, ExternalFiles &files)
    : functions(functions), files(files),
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

Location Walk::locationOf(const onnx::NodeProto &proto) {
  return NameLoc::get(builder.getStringAttr(
      oneLine(proto.name().empty() ? proto.output(0) : proto.name())));
}

Error Walk::importOperator(const onnx::NodeProto &proto, const Opsets &opsets,
                           Inputs &inputs, const BitVector &live,
                           Outputs &outputs) {
  int64_t opset = opsets.lookup("");
  auto schema = findOperator(proto, opset);
  if (!schema)
    return schema.takeError();
  // The definition of an operator gives types too, and not all have inference.
  bool expanded =
      isExpanded(proto, **schema) && !getFoldTable().contains(proto.op_type());
  auto inferred = inferTypes(proto, **schema, inputs,
                             expanded ? BitVector(live.size()) : live, outputs);
  if (!inferred)
    return nodeError(proto, toString(inferred.takeError()));
  reshaped |= *inferred;

  Node node(proto, opset, builder, constants, locationOf(proto), files, inputs,
            outputs, live);
  if (auto folder = getFoldTable().find(proto.op_type());
      folder != getFoldTable().end()) {
    llvm::Expected<bool> folded = folder->second(node);
    if (!folded)
      return folded.takeError();
    if (*folded)
      return Error::success();
  }
  bool wide = computesInSinglePrecision(proto.op_type()) &&
              llvm::any_of(inputs, [](ImportedValue *input) {
                return input && isHalf(input->kind);
              });
  return wide ? importWide(node, proto, **schema, inputs, live, outputs)
              : createOutputs(proto, **schema, opset, inputs, live, outputs);
}

Error Walk::createOutputs(const onnx::NodeProto &proto,
                          const onnx::OpSchema &schema, int64_t opset,
                          ArrayRef<ImportedValue *> inputs,
                          const BitVector &live, Outputs &outputs) {
  auto importer = getOpTable().find(proto.op_type());
  if (importer == getOpTable().end())
    return expandOperator(proto, schema, opset, inputs, live, outputs);
  Node node(proto, opset, builder, constants, locationOf(proto), files, inputs,
            outputs, live);
  return importer->second(node);
}

Error Walk::importWide(Node &node, const onnx::NodeProto &proto,
                       const onnx::OpSchema &schema,
                       ArrayRef<ImportedValue *> inputs, const BitVector &live,
                       Outputs &outputs) {
  Outputs values;
  for (ImportedValue *input : inputs)
    values.push_back(input ? widen(node, *input) : ImportedValue());
  Inputs wide;
  for (auto [input, value] : llvm::zip_equal(inputs, values))
    wide.push_back(input ? &value : nullptr);
  SmallVector<std::optional<ElementKind>> kinds;
  for (auto [i, output] : llvm::enumerate(outputs)) {
    kinds.push_back(halfKindOf(schema, i, inputs));
    if (kinds.back())
      output.kind = ElementKind::F32;
  }
  if (Error error =
          createOutputs(proto, schema, node.opset(), wide, live, outputs))
    return error;
  for (unsigned i : live.set_bits())
    if (kinds[i] && outputs[i].kind == ElementKind::F32 &&
        (outputs[i].value || outputs[i].constant))
      outputs[i] = narrow(node, outputs[i], *kinds[i]);
  return Error::success();
}

Error Walk::expandOperator(const onnx::NodeProto &proto,
                           const onnx::OpSchema &schema, int64_t opset,
                           ArrayRef<ImportedValue *> inputs,
                           const BitVector &live, Outputs &outputs) {
  std::optional<onnx::FunctionProto> body;
  std::string problem = "the operator is not supported";
  try {
    body = getFunctionBody(proto, schema, opset, inputs);
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
