// Loop and Scan. A short loop whose number of iterations is known is unrolled.
// What is long stays a loop of the program, as the time to compile grows with
// every operation, and so does one that ends when the run says so.
#include "LoopBody.h"
#include "Support.h"

using namespace mlir;
using llvm::BitVector;
using llvm::Error;
using llvm::Expected;

namespace convopt {

static const onnx::AttributeProto *findAttribute(const onnx::NodeProto &proto,
                                                 StringRef name) {
  for (const onnx::AttributeProto &attribute : proto.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

/// The list, or as many zeros.
static Expected<SmallVector<int64_t>> readList(const onnx::NodeProto &proto,
                                               StringRef name, size_t count) {
  SmallVector<int64_t> list(count, 0);
  if (const auto *attribute = findAttribute(proto, name)) {
    list.assign(attribute->ints().begin(), attribute->ints().end());
    if (list.size() != count)
      return nodeError(proto, "attribute '" + name + "' must have " +
                                  Twine(count) + " entries");
  }
  return list;
}

ImportedValue constantValue(ElementKind kind, ArrayRef<int64_t> shape,
                            int64_t number) {
  ImportedValue value;
  value.kind = kind;
  value.shape.assign(shape.begin(), shape.end());
  value.constant = Constant::fromInts(kind, shape, number);
  return value;
}

Expected<int64_t> LoopBody::axisOf(size_t j, size_t rank) const {
  const auto dimensions = static_cast<int64_t>(rank) + 1;
  const int64_t axis = axes[j] < 0 ? axes[j] + dimensions : axes[j];
  if (axis < 0 || axis >= dimensions)
    return nodeError(proto, "axis " + Twine(axes[j]) +
                                " of scan_output_axes does not exist");
  return axis;
}

Shape LoopBody::counterShape() const {
  const auto &type = graph.input(0).type().tensor_type();
  return Shape(type.shape().dim_size() == 1 ? 1 : 0, 1);
}

void LoopBody::bindCounter(Walk::Scope &scope, ImportedValue count) const {
  bind(scope, 0, std::move(count));
  bind(scope, 1, constantValue(ElementKind::Bool, {}, 1));
}

Error Walk::importBody(LoopBody &body, Scope scope, Outputs &results) {
  SmallVector<std::string> names;
  for (const onnx::ValueInfoProto &output : body.graph.output())
    names.push_back(output.name());
  if (Error error = run(body.graph.node(), names, body.opsets, scope))
    return nodeError(body.proto, "in its body, " + toString(std::move(error)));
  for (const std::string &name : names) {
    auto it = scope.find(name);
    if (it == scope.end())
      return nodeError(body.proto,
                       "its body does not compute output '" + name + "'");
    results.push_back(it->second);
  }
  return Error::success();
}

/// Checks what schemas do not: the numbers of inputs and outputs.
static Error checkBody(const LoopBody &body) {
  const size_t inputs =
      body.firstInput() + body.states.size() + body.scanned.size();
  const size_t least = body.firstOutput() + body.states.size();
  if (static_cast<size_t>(body.graph.input_size()) != inputs ||
      static_cast<size_t>(body.graph.output_size()) < least ||
      static_cast<size_t>(body.proto.output_size()) >
          body.states.size() + body.collected())
    return nodeError(body.proto, "the body has another number of inputs or "
                                 "outputs");
  return Error::success();
}

static Error readBody(LoopBody &body, ExternalFiles &files) {
  if (const auto *attribute = findAttribute(body.proto, "body"))
    body.graph = attribute->g();
  if (Error error = readInitializers(body.graph, files, body.scope))
    return nodeError(body.proto, toString(std::move(error)));
  return Error::success();
}

Error Walk::importRepeated(LoopBody &body, Outputs &outputs) {
  Expected<bool> unrolled = LoopUnroller(*this, body).run(outputs);
  if (!unrolled)
    return unrolled.takeError();
  return *unrolled ? Error::success() : LoopKeeper(*this, body).run(outputs);
}

Error Walk::importLoop(const onnx::NodeProto &proto, const Opsets &opsets,
                       Inputs &inputs, const BitVector &live, Outputs &outputs,
                       const Scope &scope) {
  LoopBody body(proto, opsets, live, scope, /*isLoop=*/true);
  if (Error error = readBody(body, files))
    return error;
  auto isOne = [](const ImportedValue &value, ElementKind kind) {
    return value.kind == kind && countElements(value.shape) == 1;
  };
  if (!inputs.empty() && inputs[0]) {
    if (!isOne(*inputs[0], ElementKind::I64))
      return nodeError(proto, "the number of iterations must be one i64");
    if (inputs[0]->constant)
      body.trips = std::max<int64_t>(inputs[0]->constant->intAt(0), 0);
    else
      body.bound = inputs[0];
  }
  body.condition = constantValue(ElementKind::Bool, {}, 1);
  if (inputs.size() > 1 && inputs[1]) {
    if (!isOne(*inputs[1], ElementKind::Bool))
      return nodeError(proto, "the condition must be one truth value");
    body.condition = *inputs[1];
  }
  for (ImportedValue *state :
       ArrayRef(inputs).drop_front(std::min<size_t>(inputs.size(), 2))) {
    if (!state)
      return nodeError(proto, "a state has no initial value");
    body.states.push_back(*state);
  }
  if (Error error = checkBody(body))
    return error;
  body.axes.assign(body.collected(), 0);
  body.isReverse.assign(body.collected(), false);
  return importRepeated(body, outputs);
}

/// The tensors that are scanned, the scanned axis first.
static Error readScanned(LoopBody &body, Node &node, Walk &walk,
                         ArrayRef<ImportedValue *> inputs) {
  auto axes = readList(body.proto, "scan_input_axes", inputs.size());
  if (!axes)
    return axes.takeError();
  auto directions =
      readList(body.proto, "scan_input_directions", inputs.size());
  if (!directions)
    return directions.takeError();
  for (auto [i, given] : llvm::enumerate(inputs)) {
    ImportedValue input = *given;
    if (input.isSized())
      return node.error("what is scanned has a size that depends on data");
    const auto rank = static_cast<int64_t>(input.shape.size());
    auto axis = node.normalizeAxis((*axes)[i], rank);
    if (!axis)
      return axis.takeError();
    SmallVector<int64_t> perm = llvm::to_vector(llvm::seq(rank));
    std::rotate(perm.begin(), perm.begin() + *axis, perm.begin() + *axis + 1);
    if (*axis != 0) {
      input.value = transpose(node, walk.getValue(input), perm);
      input.constant.reset();
      input.shape = Shape(shapeOf(input.value));
    }
    if (body.trips && *body.trips != input.shape[0])
      return node.error("what is scanned differs in length");
    body.trips = input.shape[0];
    body.isFromEnd.push_back((*directions)[i] != 0);
    body.scanned.push_back(std::move(input));
  }
  return Error::success();
}

Error Walk::importScan(const onnx::NodeProto &proto, const Opsets &opsets,
                       Inputs &inputs, const BitVector &live, Outputs &outputs,
                       const Scope &scope) {
  if (isBatchedScan(proto, opsets.lookup("")))
    return importBatchedScan(proto, opsets, inputs, live, outputs, scope);
  LoopBody body(proto, opsets, live, scope, /*isLoop=*/false);
  if (Error error = readBody(body, files))
    return error;
  const auto *attribute = findAttribute(proto, "num_scan_inputs");
  const int64_t scans = attribute ? attribute->i() : 0;
  if (scans < 1 || scans > static_cast<int64_t>(inputs.size()) ||
      llvm::is_contained(inputs, nullptr))
    return nodeError(proto, "needs its inputs, at least one of them scanned");
  const size_t states = inputs.size() - scans;
  for (ImportedValue *state : ArrayRef(inputs).take_front(states))
    body.states.push_back(*state);
  Node node(proto, opsets.lookup(""), builder, constants, locationOf(proto),
            files, inputs, {}, live);
  if (Error error =
          readScanned(body, node, *this, ArrayRef(inputs).drop_front(states)))
    return error;
  body.condition = constantValue(ElementKind::Bool, {}, 1);
  if (Error error = checkBody(body))
    return error;
  auto axes = readList(proto, "scan_output_axes", body.collected());
  if (!axes)
    return axes.takeError();
  auto directions = readList(proto, "scan_output_directions", body.collected());
  if (!directions)
    return directions.takeError();
  body.axes = *axes;
  for (int64_t direction : *directions)
    body.isReverse.push_back(direction != 0);
  return importRepeated(body, outputs);
}

} // namespace convopt
