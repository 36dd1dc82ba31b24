#include "Prepare.h"
#include "Expand/Expansion.h"
#include "Functions.h"
#include "onnx/defs/schema.h"
#include <queue>

using namespace llvm;

namespace convopt {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

/// Calls `read` with every name that a node or its subgraphs read.
static void forEachRead(const onnx::NodeProto &node,
                        function_ref<void(const std::string &)> read) {
  for (const std::string &name : node.input())
    read(name);
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    for (const onnx::NodeProto &inner : attribute.g().node())
      forEachRead(inner, read);
    for (const onnx::ValueInfoProto &output : attribute.g().output())
      read(output.name());
  }
}

static std::string describe(const onnx::NodeProto &node) {
  std::string name =
      node.name().empty() && node.output_size() ? node.output(0) : node.name();
  return "'" + name + "' (" + node.op_type() + ")";
}

/// For each node those that compute what it reads.
static std::vector<std::vector<int>> findSources(const Nodes &nodes) {
  StringMap<int> makers;
  for (int i = 0; i < nodes.size(); ++i)
    for (const std::string &output : nodes[i].output())
      if (!output.empty())
        makers.try_emplace(output, i);
  std::vector<std::vector<int>> sources(nodes.size());
  for (int i = 0; i < nodes.size(); ++i)
    forEachRead(nodes[i], [&](const std::string &name) {
      if (auto it = makers.find(name); it != makers.end())
        sources[i].push_back(it->second);
    });
  return sources;
}

/// From any node that waits, from one that it waits for to the next, until one
/// comes again.
static Error circleError(const Nodes &nodes, ArrayRef<std::vector<int>> sources,
                         ArrayRef<int> waiting) {
  int at = static_cast<int>(
      find_if(waiting, [](int count) { return count > 0; }) - waiting.begin());
  std::vector<int> way;
  while (!is_contained(way, at)) {
    way.push_back(at);
    at = *find_if(sources[at], [&](int from) { return waiting[from] > 0; });
  }
  way.erase(way.begin(), find(way, at));
  std::string text;
  constexpr size_t shown = 4;
  for (size_t i = 0; i < std::min(way.size(), shown); ++i)
    text += (i ? ", " : "") + describe(nodes[way[i]]);
  if (way.size() > shown)
    text += " and " + std::to_string(way.size() - shown) + " more";
  return createStringError(
      way.size() == 1 ? "node " + text + " reads its own output"
                      : "nodes read each other's outputs in a circle: " + text);
}

/// Of the nodes whose operands are there the first one comes next, so that
/// nothing moves that need not.
static Error sortNodes(Nodes &nodes) {
  std::vector<std::vector<int>> sources = findSources(nodes);
  bool sorted = true;
  for (int i = 0; i < nodes.size(); ++i)
    sorted &= all_of(sources[i], [&](int from) { return from < i; });
  if (sorted)
    return Error::success();
  std::vector<std::vector<int>> readers(nodes.size());
  std::vector<int> waiting(nodes.size());
  for (int i = 0; i < nodes.size(); ++i) {
    waiting[i] = static_cast<int>(sources[i].size());
    for (int from : sources[i])
      readers[from].push_back(i);
  }
  std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
  for (int i = 0; i < nodes.size(); ++i)
    if (!waiting[i])
      ready.push(i);
  std::vector<int> order;
  while (!ready.empty()) {
    order.push_back(ready.top());
    ready.pop();
    for (int reader : readers[order.back()])
      if (--waiting[reader] == 0)
        ready.push(reader);
  }
  if (static_cast<int>(order.size()) < nodes.size())
    return circleError(nodes, sources, waiting);
  Nodes result;
  result.Reserve(nodes.size());
  for (int i : order)
    result.Add()->Swap(nodes.Mutable(i));
  nodes.Swap(&result);
  return Error::success();
}

/// The domain of a node that ONNX Runtime has written into ONNX's domain,
/// which does not have it at this opset: com.microsoft has the same operator.
static void adopt(onnx::NodeProto &node, int64_t opset) {
  bool isOnnx = node.domain().empty() || node.domain() == "ai.onnx";
  if (isOnnx &&
      !onnx::OpSchemaRegistry::Schema(node.op_type(), static_cast<int>(opset),
                                      "") &&
      getExpandTable().contains("com.microsoft:" + node.op_type()))
    node.set_domain("com.microsoft");
}

static Error prepareNodes(Nodes &nodes, int64_t opset) {
  if (Error error = sortNodes(nodes))
    return error;
  for (onnx::NodeProto &node : nodes) {
    adopt(node, opset);
    for (onnx::AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        if (Error error =
                prepareNodes(*attribute.mutable_g()->mutable_node(), opset))
          return error;
  }
  return Error::success();
}

Error prepareModel(onnx::ModelProto &model) {
  // Before there were several domains, there was the first opset.
  if (model.opset_import_size() == 0 && model.ir_version() < 3)
    model.add_opset_import()->set_version(1);
  Opsets opsets = readOpsets(model.opset_import());
  if (Error error = prepareNodes(*model.mutable_graph()->mutable_node(),
                                 opsets.lookup("")))
    return error;
  for (onnx::FunctionProto &function : *model.mutable_functions())
    if (Error error =
            prepareNodes(*function.mutable_node(),
                         readOpsets(function.opset_import()).lookup("")))
      return error;
  bool adopted = any_of(model.graph().node(), [](const auto &node) {
    return node.domain() == "com.microsoft";
  });
  if (adopted && !opsets.contains("com.microsoft")) {
    auto *import = model.add_opset_import();
    import->set_domain("com.microsoft");
    import->set_version(1);
  }
  return Error::success();
}

} // namespace convopt
