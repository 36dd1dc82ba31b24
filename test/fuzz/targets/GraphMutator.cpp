#include "GraphMutator.h"

using namespace convopt;

int64_t Draw::number() {
  static constexpr int64_t special[] = {0,
                                        1,
                                        -1,
                                        2,
                                        3,
                                        4,
                                        7,
                                        8,
                                        16,
                                        -2,
                                        -3,
                                        5,
                                        64,
                                        255,
                                        256,
                                        1000,
                                        65535,
                                        65536,
                                        INT32_MAX,
                                        INT32_MIN,
                                        INT64_MAX,
                                        INT64_MIN,
                                        int64_t(1) << 31,
                                        int64_t(1) << 40,
                                        -(int64_t(1) << 62)};
  // Small ones fit to something more often.
  return oneIn(3) ? special[below(std::size(special))]
                  : static_cast<int64_t>(below(9)) - 1;
}

/// `graph` and those in the attributes of its nodes.
static void collect(onnx::GraphProto &graph,
                    std::vector<onnx::GraphProto *> &graphs) {
  graphs.push_back(&graph);
  for (onnx::NodeProto &node : *graph.mutable_node())
    for (onnx::AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        collect(*attribute.mutable_g(), graphs);
}

/// All tensors of the graphs, and one that nothing defines.
static std::vector<std::string>
namesOf(const std::vector<onnx::GraphProto *> &graphs) {
  std::vector<std::string> names{"", "absent"};
  for (const onnx::GraphProto *graph : graphs) {
    for (const auto &value : graph->input())
      names.push_back(value.name());
    for (const auto &tensor : graph->initializer())
      names.push_back(tensor.name());
    for (const auto &node : graph->node())
      names.insert(names.end(), node.output().begin(), node.output().end());
  }
  return names;
}

static void mutateType(onnx::ValueInfoProto &value, Draw &draw) {
  auto &tensor = *value.mutable_type()->mutable_tensor_type();
  auto &dims = *tensor.mutable_shape()->mutable_dim();
  switch (draw.below(5)) {
  case 0:
    tensor.set_elem_type(static_cast<int>(draw.below(24)));
    return;
  case 1:
    dims.Add()->set_dim_value(draw.number());
    return;
  case 2:
    if (!dims.empty())
      dims.RemoveLast();
    return;
  case 3:
    if (!dims.empty())
      draw.of(dims).set_dim_param("N");
    return;
  default:
    if (!dims.empty())
      draw.of(dims).set_dim_value(draw.number());
  }
}

void convopt::mutateTensor(onnx::TensorProto &tensor, Draw &draw) {
  auto &dims = *tensor.mutable_dims();
  auto &raw = *tensor.mutable_raw_data();
  switch (draw.below(7)) {
  case 0:
    tensor.set_data_type(static_cast<int>(draw.below(24)));
    return;
  case 1:
    dims.Add(draw.number());
    return;
  case 2:
    if (!dims.empty())
      dims.RemoveLast();
    return;
  case 3:
    if (!dims.empty())
      draw.of(dims) = draw.number();
    return;
  case 4: { // A shape that fits what there is.
    tensor.clear_dims();
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.add_dims(static_cast<int64_t>(1 + draw.below(5)));
    raw.clear();
    for (int64_t i = 0; i < tensor.dims(0); ++i) {
      int64_t value = draw.number();
      raw.append(reinterpret_cast<const char *>(&value), sizeof value);
    }
    return;
  }
  case 5:
    raw.resize(raw.size() / 2 + draw.below(raw.size() + 2));
    return;
  default:
    if (!raw.empty())
      draw.of(raw) = static_cast<char>(draw.below(256));
  }
}

static void mutateNodes(onnx::GraphProto &graph,
                        const std::vector<std::string> &names, Draw &draw) {
  auto &nodes = *graph.mutable_node();
  if (nodes.empty())
    return;
  onnx::NodeProto &node = draw.of(nodes);
  switch (draw.below(10)) {
  case 0: // Once more, its results under other names.
    if (nodes.size() < 100) {
      onnx::NodeProto copy = node;
      for (std::string &name : *copy.mutable_output())
        name += "+";
      *nodes.Add() = copy;
    }
    return;
  case 1:
    node.Swap(&draw.of(nodes));
    return;
  case 2:
    node.Swap(&nodes[nodes.size() - 1]);
    nodes.RemoveLast();
    return;
  default:
    mutateNode(node, names, draw);
  }
}

static void mutateGraph(onnx::GraphProto &graph,
                        const std::vector<std::string> &names, Draw &draw) {
  switch (draw.below(12)) {
  case 0:
    if (graph.input_size())
      mutateType(draw.of(*graph.mutable_input()), draw);
    return;
  case 1:
    if (graph.output_size())
      mutateType(draw.of(*graph.mutable_output()), draw);
    return;
  case 2:
    if (graph.output_size())
      draw.of(*graph.mutable_output()).set_name(draw.of(names));
    return;
  case 3:
    if (graph.output_size())
      *graph.add_output() = draw.of(*graph.mutable_output());
    return;
  case 4:
  case 5:
    if (graph.initializer_size())
      mutateTensor(draw.of(*graph.mutable_initializer()), draw);
    return;
  default:
    mutateNodes(graph, names, draw);
  }
}

void convopt::mutateModel(onnx::ModelProto &model, unsigned seed) {
  Draw draw(seed);
  std::vector<onnx::GraphProto *> graphs;
  collect(*model.mutable_graph(), graphs);
  const std::vector<std::string> names = namesOf(graphs);
  // The graphs of attributes move or go where their nodes do.
  for (size_t i = 0, count = 1 + draw.below(3); i < count; ++i) {
    graphs.clear();
    collect(*model.mutable_graph(), graphs);
    if (model.opset_import_size() && draw.oneIn(25))
      draw.of(*model.mutable_opset_import())
          .set_version(static_cast<int64_t>(draw.below(28)));
    else if (model.functions_size() && draw.oneIn(3)) {
      auto &nodes = *draw.of(*model.mutable_functions()).mutable_node();
      if (!nodes.empty())
        mutateNode(draw.of(nodes), names, draw);
    } else
      mutateGraph(*draw.of(graphs), names, draw);
  }
}
