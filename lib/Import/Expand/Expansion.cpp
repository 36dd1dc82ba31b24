#include "Expansion.h"
#include "../Functions.h"
#include "onnx/defs/attr_proto_util.h"

using namespace llvm;

namespace convopt {

NodeAttribute::NodeAttribute(const char *name, int64_t value)
    : proto(onnx::MakeAttribute(name, value)) {}
NodeAttribute::NodeAttribute(const char *name, double value)
    : proto(onnx::MakeAttribute(name, static_cast<float>(value))) {}
NodeAttribute::NodeAttribute(const char *name, const char *value)
    : proto(onnx::MakeAttribute(name, std::string(value))) {}
NodeAttribute::NodeAttribute(const char *name, ArrayRef<int64_t> values)
    : proto(onnx::MakeAttribute(name, std::vector<int64_t>(values))) {}
NodeAttribute::NodeAttribute(const char *name, ArrayRef<double> values)
    : proto(onnx::MakeAttribute(
          name, std::vector<float>(values.begin(), values.end()))) {}

Expansion::Expansion(const Node &node, const onnx::NodeProto &proto,
                     const ImportOptions &options)
    : options(options), proto(proto) {
  for (size_t i = 0; i < node.numInputs(); ++i)
    function.add_input("x" + std::to_string(i));
  for (size_t i = 0; i < node.numOutputs(); ++i)
    function.add_output("y" + std::to_string(i));
  setOpset(23);
}

void Expansion::setOpset(int64_t version) {
  function.clear_opset_import();
  function.add_opset_import()->set_version(version);
}

Expansion::Name Expansion::input(size_t i) const {
  if (i >= static_cast<size_t>(proto.input_size()) ||
      proto.input(static_cast<int>(i)).empty())
    return "";
  return function.input(static_cast<int>(i));
}

Expansion::Name Expansion::fresh() { return "t" + std::to_string(names++); }

Expansion::Name Expansion::constant(Constant value) {
  ImportedValue entry;
  entry.kind = value.kind();
  entry.shape.assign(value.shape().begin(), value.shape().end());
  entry.constant = std::move(value);
  Name name = fresh();
  known[name] = std::move(entry);
  return name;
}

Expansion::Name Expansion::ints(ArrayRef<int64_t> values) {
  int64_t count = static_cast<int64_t>(values.size());
  return constant(Constant::fromInts(ElementKind::I64, {count}, values));
}

Expansion::Name Expansion::number(ElementKind kind, double value) {
  return constant(Constant::fromDoubles(kind, {}, value));
}

onnx::NodeProto &Expansion::append(StringRef op, Names inputs, size_t outputs) {
  onnx::NodeProto &node = *function.add_node();
  node.set_op_type(op.str());
  for (const Name &name : inputs)
    node.add_input(name);
  while (node.input_size() && node.input(node.input_size() - 1).empty())
    node.mutable_input()->RemoveLast();
  for (size_t i = 0; i < outputs; ++i)
    node.add_output(fresh());
  return node;
}

Expansion::Name Expansion::add(StringRef op, Names inputs,
                               ArrayRef<NodeAttribute> attributes) {
  return addMany(op, inputs, 1, attributes)[0];
}

SmallVector<Expansion::Name>
Expansion::addMany(StringRef op, Names inputs, size_t outputs,
                   ArrayRef<NodeAttribute> attributes) {
  onnx::NodeProto &node = append(op, inputs, outputs);
  for (const NodeAttribute &attribute : attributes)
    *node.add_attribute() = attribute.proto;
  return {node.output().begin(), node.output().end()};
}

void Expansion::copyAttributes(onnx::NodeProto &node,
                               ArrayRef<StringLiteral> without) const {
  for (const onnx::AttributeProto &attribute : proto.attribute())
    if (none_of(without,
                [&](StringRef name) { return name == attribute.name(); }))
      *node.add_attribute() = attribute;
}

Expansion::Name Expansion::addLike(StringRef op, Names inputs,
                                   ArrayRef<StringLiteral> without,
                                   ArrayRef<NodeAttribute> attributes) {
  Name result = add(op, inputs, attributes);
  copyAttributes(*function.mutable_node(function.node_size() - 1), without);
  return result;
}

void Expansion::addWhole(StringRef op, Names inputs,
                         ArrayRef<StringLiteral> without) {
  onnx::NodeProto &node = append(op, inputs, 0);
  copyAttributes(node, without);
  // Those that the node leaves out get names that nothing reads.
  *node.mutable_output() = function.output();
}

void Expansion::setOutput(size_t i, const Name &name) {
  if (i >= static_cast<size_t>(function.output_size()))
    return;
  onnx::NodeProto &node = append("Identity", name, 0);
  node.add_output(function.output(static_cast<int>(i)));
}

const ExpandTable &getExpandTable() {
  static const ExpandTable table = [] {
    ExpandTable all;
    registerAttentionExpansions(all);
    registerBlockedExpansions(all);
    registerFusedExpansions(all);
    registerGeluExpansions(all);
    registerNormExpansions(all);
    registerQuantisedExpansions(all);
    return all;
  }();
  return table;
}

Expandable findExpansion(const onnx::NodeProto &node, int64_t opset) {
  if (node.domain().empty() || node.domain() == "ai.onnx")
    return opset < 7 ? Expandable{expandOldOperator, 0} : Expandable();
  return getExpandTable().lookup(node.domain() + ":" + node.op_type());
}

} // namespace convopt
