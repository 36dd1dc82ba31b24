#include "Functions.h"
#include "Infer.h"
#include "onnx/defs/schema.h"
#include "onnx/shape_inference/attribute_binder.h"

using namespace llvm;

namespace convopt {

template <typename Proto>
static std::string functionKey(const Proto &proto, StringRef name) {
  return (proto.domain() + Twine('\0') + name + Twine('\0') + proto.overload())
      .str();
}

FunctionTable collectFunctions(const onnx::ModelProto &model) {
  FunctionTable functions;
  for (const onnx::FunctionProto &function : model.functions())
    functions.try_emplace(functionKey(function, function.name()), &function);
  return functions;
}

const onnx::FunctionProto *findFunction(const FunctionTable &functions,
                                        const onnx::NodeProto &node) {
  return functions.lookup(functionKey(node, node.op_type()));
}

void bindAttributes(const onnx::NodeProto &call, onnx::FunctionProto &body) {
  onnx::NodeProto complete = call;
  auto isGiven = [&](const std::string &name) {
    return any_of(call.attribute(),
                  [&](const auto &given) { return given.name() == name; });
  };
  for (const onnx::AttributeProto &attribute : body.attribute_proto())
    if (!isGiven(attribute.name()))
      *complete.add_attribute() = attribute;
  onnx::internal::AttributeBinder::BindAttributes(complete, body);
}

std::optional<onnx::FunctionProto>
getFunctionBody(const onnx::NodeProto &node, const onnx::OpSchema &schema,
                int64_t opset, ArrayRef<ImportedValue *> inputs) {
  onnx::NodeProto call = node;
  for (const auto &entry : schema.attributes()) {
    const onnx::AttributeProto &value = entry.second.default_value;
    if (!value.name().empty() && none_of(node.attribute(), [&](auto &given) {
          return given.name() == entry.first;
        }))
      *call.add_attribute() = value;
  }

  onnx::FunctionProto body;
  int version = static_cast<int>(opset);
  if (const auto *fixed = schema.GetFunction(version)) {
    body = *fixed;
  } else if (schema.HasContextDependentFunction()) {
    std::vector<onnx::TypeProto> types;
    for (const ImportedValue *input : inputs)
      types.push_back(input ? toTypeProto(*input) : onnx::TypeProto());
    onnx::FunctionBodyBuildContextImpl context(call, types);
    if (!schema.BuildContextDependentFunction(context, body, version))
      return std::nullopt;
  } else {
    return std::nullopt;
  }
  bindAttributes(call, body);
  return body;
}

} // namespace convopt
