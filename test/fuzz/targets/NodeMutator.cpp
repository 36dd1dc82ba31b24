#include "GraphMutator.h"
#include "onnx/defs/schema.h"

using namespace convopt;
using onnx::AttributeProto;

/// All operators of ONNX, in a fixed order.
static const std::vector<onnx::OpSchema> &operators() {
  static const std::vector<onnx::OpSchema> all = [] {
    auto schemas = onnx::OpSchemaRegistry::get_all_schemas();
    std::sort(schemas.begin(), schemas.end(), [](auto &a, auto &b) {
      return a.Name() + a.domain() < b.Name() + b.domain();
    });
    return schemas;
  }();
  return all;
}

/// What a string may say somewhere.
static const std::vector<std::string> &words() {
  static const std::vector<std::string> all{
      "",           "SAME_UPPER",  "SAME_LOWER",    "VALID",
      "NOTSET",     "constant",    "edge",          "reflect",
      "wrap",       "linear",      "cubic",         "nearest",
      "bilinear",   "none",        "add",           "mul",
      "DCR",        "CRD",         "forward",       "reverse",
      "tanh",       "Relu",        "Sigmoid",       "Affine",
      "half_pixel", "asymmetric",  "align_corners", "bidirectional",
      "ceil",       "bij,bjk->bik"};
  return all;
}

static void setAnything(AttributeProto &attribute, Draw &draw) {
  switch (attribute.type()) {
  case AttributeProto::INT:
    attribute.set_i(draw.number());
    return;
  case AttributeProto::FLOAT:
    attribute.set_f(static_cast<float>(draw.number()) /
                    (draw.oneIn(2) ? 1 : 4));
    return;
  case AttributeProto::STRING:
    attribute.set_s(draw.of(words()));
    return;
  case AttributeProto::INTS:
    if (attribute.ints_size() && draw.oneIn(4))
      attribute.mutable_ints()->RemoveLast();
    else if (attribute.ints_size() == 0 || draw.oneIn(4))
      attribute.add_ints(draw.number());
    else
      draw.of(*attribute.mutable_ints()) = draw.number();
    return;
  case AttributeProto::FLOATS:
    if (attribute.floats_size() && draw.oneIn(3))
      attribute.mutable_floats()->RemoveLast();
    else
      attribute.add_floats(static_cast<float>(draw.number()));
    return;
  case AttributeProto::STRINGS:
    *attribute.add_strings() = draw.of(words());
    return;
  case AttributeProto::TENSOR:
    mutateTensor(*attribute.mutable_t(), draw);
    return;
  default:
    attribute.set_type(static_cast<AttributeProto::AttributeType>(
        AttributeProto::FLOAT + draw.below(8)));
  }
}

/// Adds one that the operator knows, if it knows any.
static void addAttribute(onnx::NodeProto &node, Draw &draw) {
  const onnx::OpSchema *schema =
      onnx::OpSchemaRegistry::Schema(node.op_type(), node.domain());
  if (!schema || schema->attributes().empty())
    return;
  // A map without order has one for the moment, which is that of a library.
  std::vector<std::string> known;
  for (const auto &[name, attribute] : schema->attributes())
    known.push_back(name);
  std::sort(known.begin(), known.end());
  AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(draw.of(known));
  attribute.set_type(static_cast<AttributeProto::AttributeType>(
      schema->attributes().at(attribute.name()).type));
  for (size_t i = 0, count = 1 + draw.below(4); i < count; ++i)
    setAnything(attribute, draw);
}

void convopt::mutateNode(onnx::NodeProto &node,
                         const std::vector<std::string> &names, Draw &draw) {
  switch (draw.below(10)) {
  case 0: {
    const onnx::OpSchema &schema = draw.of(operators());
    node.set_op_type(schema.Name());
    node.set_domain(schema.domain());
    return;
  }
  case 1:
  case 2:
    if (node.input_size())
      draw.of(*node.mutable_input()) = draw.of(names);
    return;
  case 3:
    node.add_input(draw.of(names));
    return;
  case 4:
    if (node.input_size() && draw.oneIn(2))
      node.mutable_input()->RemoveLast();
    else if (node.output_size() && draw.oneIn(4))
      node.mutable_output()->RemoveLast();
    else
      node.add_output("fresh" + std::to_string(draw.below(100)));
    return;
  case 5:
    addAttribute(node, draw);
    return;
  case 6:
    if (node.attribute_size())
      node.mutable_attribute()->RemoveLast();
    return;
  default:
    if (node.attribute_size())
      setAnything(draw.of(*node.mutable_attribute()), draw);
  }
}
