// A loop unrolled: the number of the iteration is a constant then, and with it
// the shapes that depend on it; what does not change from one iteration to the
// next is computed once; and kernels are shared by content, so that code is not
// generated for each.
#include "LoopBody.h"
#include "Support.h"

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace convopt {

/// Nodes in all that a loop may become.
static constexpr int64_t unrolledNodes = 1024;

static int64_t countNodes(const onnx::GraphProto &graph) {
  int64_t count = 0;
  for (const onnx::NodeProto &node : graph.node()) {
    ++count;
    for (const onnx::AttributeProto &attribute : node.attribute())
      count += countNodes(attribute.g());
  }
  return count;
}

LoopUnroller::LoopUnroller(Walk &walk, LoopBody &body)
    : walk(walk), body(body),
      node(body.proto, body.opsets.lookup(""), walk.builder, walk.constants,
           walk.locationOf(body.proto), walk.files, {}, {}, body.live),
      states(body.states), condition(body.condition),
      collections(body.collected()), types(body.collected()) {}

/// Weights that all iterations read become operations once.
void LoopUnroller::shareConstants() {
  constexpr int64_t small = 64;
  for (const onnx::NodeProto &inner : body.graph.node())
    for (const std::string &name : inner.input())
      if (auto it = body.scope.find(name); it != body.scope.end() &&
                                           it->second.constant &&
                                           it->second.constant->size() > small)
        (void)walk.getValue(it->second);
}

ImportedValue LoopUnroller::elementOf(size_t scanned, int64_t iteration) {
  ImportedValue &whole = body.scanned[scanned];
  ImportedValue element;
  element.kind = whole.kind;
  element.shape.assign(whole.shape.begin() + 1, whole.shape.end());
  if (whole.shape[0] == 0) { // For its type alone.
    element.value = createEmpty(
        node, element.shape, toMlirType(whole.kind, node.builder.getContext()));
    return element;
  }
  SmallVector<int64_t> offsets(whole.shape.size(), 0);
  Shape sizes(whole.shape);
  offsets[0] =
      body.isFromEnd[scanned] ? whole.shape[0] - 1 - iteration : iteration;
  sizes[0] = 1;
  element.value = reshape(
      node, slice(node, walk.getValue(whole), offsets, sizes), element.shape);
  return element;
}

Walk::Scope LoopUnroller::scopeOf(int64_t iteration) {
  Walk::Scope scope(body.scope);
  if (body.isLoop)
    body.bindCounter(
        scope, constantValue(ElementKind::I64, body.counterShape(), iteration));
  for (auto [j, state] : llvm::enumerate(states))
    body.bind(scope, body.firstInput() + j, state);
  for (size_t j = 0; j < body.scanned.size(); ++j)
    body.bind(scope, body.firstInput() + states.size() + j,
              elementOf(j, iteration));
  return scope;
}

Error LoopUnroller::collect(const Outputs &results) {
  for (size_t j = 0; j < collections.size(); ++j) {
    if (!body.isCollected(j))
      continue;
    ImportedValue element = results[body.elementNumber(j)];
    if (element.isSized())
      return node.error(sizedElement);
    Expected<int64_t> axis = body.axisOf(j, element.shape.size());
    if (!axis)
      return axis.takeError();
    if (element.shape != types[j].shape || element.kind != types[j].kind)
      return node.error("output " + Twine(states.size() + j) +
                        " collects tensors of different types");
    Shape shape(element.shape);
    shape.insert(shape.begin() + *axis, 1);
    collections[j].push_back(reshape(node, walk.getValue(element), shape));
  }
  return Error::success();
}

Error LoopUnroller::finish(MutableArrayRef<ImportedValue> outputs) {
  for (size_t j = 0; j < states.size(); ++j)
    if (body.isLive(j))
      outputs[j] = states[j];
  for (size_t j = 0; j < collections.size(); ++j) {
    if (!body.isCollected(j))
      continue;
    ImportedValue &output = outputs[states.size() + j];
    output.kind = types[j].kind;
    output.shape = types[j].shape;
    Expected<int64_t> axis = body.axisOf(j, output.shape.size());
    if (!axis)
      return axis.takeError();
    SmallVector<Value> &parts = collections[j];
    output.shape.insert(output.shape.begin() + *axis,
                        static_cast<int64_t>(parts.size()));
    if (body.isReverse[j])
      std::reverse(parts.begin(), parts.end());
    if (parts.empty())
      output.value =
          createEmpty(node, output.shape,
                      toMlirType(output.kind, node.builder.getContext()));
    else if (parts.size() == 1)
      output.value = parts[0];
    else
      output.value =
          node.builder.create<tensor::ConcatOp>(node.loc, *axis, parts);
  }
  return Error::success();
}

Expected<bool> LoopUnroller::run(MutableArrayRef<ImportedValue> outputs) {
  const int64_t each = std::max<int64_t>(countNodes(body.graph), 1);
  const int64_t most = unrolledNodes / each;
  if (body.bound || !condition.constant || (body.trips && *body.trips > most))
    return false;
  shareConstants();
  // Without an iteration, one is imported for the types that it would give.
  const bool never = !condition.constant->intAt(0) || body.trips == 0;
  bool goesOn = true;
  for (int64_t i = 0; never || (goesOn && (!body.trips || i < *body.trips));
       ++i) {
    if (i > most)
      return false;
    Outputs results;
    if (Error error = walk.importBody(body, scopeOf(i), results))
      return std::move(error);
    for (size_t j = 0; i == 0 && j < types.size(); ++j)
      types[j] = results[body.elementNumber(j)];
    if (never)
      break;
    if (body.isLoop) {
      if (!results[0].constant || results[0].constant->size() != 1)
        return false;
      goesOn = results[0].constant->intAt(0);
    }
    for (size_t j = 0; j < states.size(); ++j)
      states[j] = results[body.firstOutput() + j];
    if (Error error = collect(results))
      return std::move(error);
  }
  if (Error error = finish(outputs))
    return std::move(error);
  return true;
}

} // namespace convopt
