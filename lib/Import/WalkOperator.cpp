// One node of an operator: by evaluating it, by its importer, or by what it is
// defined as.
#include "Expand/Expansion.h"
#include "Fold/Evaluate.h"
#include "Infer.h"
#include "ModelFile.h"
#include "Support.h"
#include "Walk.h"
#include "WideSums.h"
#include "onnx/defs/schema.h"

using namespace mlir;
using llvm::BitVector;
using llvm::Error;

namespace convopt {

Location Walk::locationOf(const onnx::NodeProto &proto) {
  return NameLoc::get(builder.getStringAttr(
      oneLine(proto.name().empty() ? proto.output(0) : proto.name())));
}

Error Walk::importOperator(const onnx::NodeProto &proto, const Opsets &opsets,
                           Inputs &inputs, const BitVector &live,
                           Outputs &outputs) {
  auto schema = findOperator(proto, opsets);
  if (!schema)
    return schema.takeError();
  int64_t opset = opsets.lookup(*standardDomain(proto));
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
  // What has a size that depends on data is not known, even if its elements
  // are.
  if (llvm::any_of(inputs, [](ImportedValue *input) {
        return input && (input->isSized() || input->bounds);
      }))
    return computeOutputs(proto, **schema, opset, inputs, live, outputs);
  if (auto folder = getFoldTable().find(proto.op_type());
      folder != getFoldTable().end()) {
    llvm::Expected<bool> folded = folder->second(node);
    if (!folded)
      return folded.takeError();
    if (*folded)
      return Error::success();
  }
  auto evaluated =
      evaluateOperator(proto, **schema, opset, inputs, live, outputs);
  if (!evaluated)
    return evaluated.takeError();
  if (*evaluated)
    return Error::success();
  return computeOutputs(proto, **schema, opset, inputs, live, outputs);
}

/// Whether the node makes numbers of a filter of 8-bit integers, which products
/// of integers read as it is (convopt-fold-quantisation).
static bool decodesFilter(const onnx::NodeProto &proto,
                          ArrayRef<ImportedValue *> inputs) {
  return proto.op_type() == "DequantizeLinear" && inputs[0] &&
         inputs[0]->shape.size() > 1 &&
         (inputs[0]->kind == ElementKind::I8 ||
          inputs[0]->kind == ElementKind::U8);
}

llvm::Expected<bool> Walk::evaluateOperator(
    const onnx::NodeProto &proto, const onnx::OpSchema &schema, int64_t opset,
    ArrayRef<ImportedValue *> inputs, const BitVector &live, Outputs &outputs) {
  // Above these, computing is the business of the passes or of the object.
  constexpr int64_t elementLimit = 1 << 14, stepLimit = 1 << 19;
  // Definitions are made of nodes, each of which comes here itself.
  if (steps <= 0 || !getOpTable().contains(proto.op_type()) ||
      decodesFilter(proto, inputs))
    return false;
  Outputs known;
  for (ImportedValue *input : inputs) {
    if (input && (!input->constant || input->constant->size() > elementLimit))
      return false;
    known.push_back(input ? *input : ImportedValue());
    known.back().value = nullptr;
  }
  for (unsigned i : live.set_bits())
    if (*countElements(outputs[i].shape) > elementLimit)
      return false;
  Inputs copies;
  for (auto [input, copy] : llvm::zip_equal(inputs, known))
    copies.push_back(input ? &copy : nullptr);
  Outputs results = outputs;
  Block beside;
  OpBuilder::InsertionGuard guard(builder), constantsGuard(constants);
  builder.setInsertionPointToEnd(&beside);
  constants.setInsertionPointToEnd(&beside);
  if (Error error = computeOutputs(proto, schema, opset, copies, live, results))
    return std::move(error);
  int64_t allowed = std::min(stepLimit, steps), left = allowed;
  for (unsigned i : live.set_bits()) {
    if (results[i].value && !results[i].constant)
      results[i].constant = evaluate(results[i].value, results[i].kind, left);
    results[i].value = nullptr;
  }
  steps -= allowed - left;
  for (unsigned i : live.set_bits())
    if (!results[i].constant || results[i].isSized())
      return false;
  outputs = std::move(results);
  return true;
}

Error Walk::computeOutputs(const onnx::NodeProto &proto,
                           const onnx::OpSchema &schema, int64_t opset,
                           ArrayRef<ImportedValue *> inputs,
                           const BitVector &live, Outputs &outputs) {
  Node node(proto, opset, builder, constants, locationOf(proto), files, inputs,
            outputs, live);
  bool wide = computesInSinglePrecision(proto.op_type()) &&
              llvm::any_of(inputs, [](ImportedValue *input) {
                return input && isHalf(input->kind);
              });
  return wide ? importWide(node, proto, schema, inputs, live, outputs)
              : createOutputs(proto, schema, opset, inputs, live, outputs);
}

static Error refuseSized(const Node &node, const onnx::NodeProto &proto) {
  for (size_t i = 0; i < node.numInputs(); ++i)
    if (node.isSized(i))
      return node.error("input '" + proto.input(static_cast<int>(i)) +
                        "' has a size that depends on data, which is not "
                        "supported here");
  return Error::success();
}

Error Walk::createOutputs(const onnx::NodeProto &proto,
                          const onnx::OpSchema &schema, int64_t opset,
                          ArrayRef<ImportedValue *> inputs,
                          const BitVector &live, Outputs &outputs) {
  auto importer = getOpTable().find(proto.op_type());
  Node node(proto, opset, builder, constants, locationOf(proto), files, inputs,
            outputs, live);
  ImportFunction plain =
      importer == getOpTable().end() ? nullptr : importer->second;
  bool dependent = false;
  for (ImportedValue *input : inputs)
    dependent |= input && (input->isSized() || input->bounds);
  if (dependent)
    if (auto sized = getSizedTable().find(proto.op_type());
        sized != getSizedTable().end()) {
      if (Error error = node.checked(sized->second(node, plain)))
        return error;
      boundOutput(node, plain);
      return Error::success();
    }
  if (!plain)
    return expandOperator(proto, schema, opset, inputs, live, outputs);
  if (Error error = refuseSized(node, proto))
    return error;
  return node.checked(plain(node));
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

Error Walk::importForeign(const onnx::NodeProto &proto,
                          const Expandable &foreign, const Opsets &opsets,
                          Inputs &inputs, const BitVector &live,
                          Outputs &outputs) {
  Node node(proto, opsets.lookup(""), builder, constants, locationOf(proto),
            files, inputs, outputs, live);
  for (size_t i = 0; i < foreign.inputs; ++i)
    if (!node.hasInput(i))
      return node.error("input " + Twine(i) + " is missing");
  // Expansions may be made for the shapes of their inputs.
  if (Error error = refuseSized(node, proto))
    return error;
  Expansion expansion(node, proto, options);
  if (Error error = foreign.expand(node, expansion))
    return error;
  return expandFunction(proto, expansion.body(),
                        readOpsets(expansion.body().opset_import()), inputs,
                        live, outputs, expansion.constants());
}

} // namespace convopt
