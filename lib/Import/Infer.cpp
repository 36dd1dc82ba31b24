#include "Infer.h"
#include "CheckOperands.h"
#include "ModelFile.h"
#include "StandardTypes.h"
#include "onnx/checker.h"
#include "onnx/defs/schema.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace convopt {

/// Inference looks into shapes, axes, pads, scales: never more than this.
static constexpr int64_t dataLimit = 1 << 12;

onnx::TypeProto toTypeProto(const ImportedValue &value) {
  onnx::TypeProto type;
  auto *tensor = type.mutable_tensor_type();
  tensor->set_elem_type(elementKindToOnnx(value.kind));
  auto *shape = tensor->mutable_shape();
  for (int64_t dim : value.shape)
    shape->add_dim()->set_dim_value(dim);
  return type;
}

namespace {
/// What the inference function of one operator asks for.
class Context : public onnx::InferenceContext {
public:
  Context(const onnx::NodeProto &node, ArrayRef<ImportedValue *> inputs)
      : node(node), inputs(inputs), types(inputs.size()), data(inputs.size()),
        outputTypes(node.output_size()) {
    for (auto [type, value] : zip(types, inputs))
      if (value)
        type = toTypeProto(*value);
    // Its operands are often written as lists of one number; engines take them.
    if (node.op_type() == "Range")
      for (onnx::TypeProto &type : types)
        if (auto *tensor = type.mutable_tensor_type();
            tensor->shape().dim_size() == 1 &&
            tensor->shape().dim(0).dim_value() == 1)
          tensor->mutable_shape()->clear_dim();
  }

  const onnx::AttributeProto *
  getAttribute(const std::string &name) const override {
    for (const auto &attribute : node.attribute())
      if (attribute.name() == name)
        return &attribute;
    return nullptr;
  }
  size_t getNumInputs() const override { return inputs.size(); }
  const onnx::TypeProto *getInputType(size_t i) const override {
    return i < inputs.size() && inputs[i] ? &types[i] : nullptr;
  }
  const onnx::TensorProto *getInputData(size_t i) const override {
    if (i >= inputs.size() || !inputs[i])
      return nullptr;
    // Of a shape that depends on data the largest, where that of the result is
    // the largest then.
    bool isShape = StringSwitch<bool>(node.op_type())
                       .Cases("ConstantOfShape", "Expand", "Range", "Reshape",
                              "TopK", true)
                       .Default(false);
    const Constant *known =
        inputs[i]->constant ? &*inputs[i]->constant : nullptr;
    if (isShape && inputs[i]->bounds)
      known = &inputs[i]->bounds->most;
    if (!known || known->size() > dataLimit)
      return nullptr;
    if (!data[i])
      data[i] = toTensorProto(*known);
    if (node.op_type() == "Range" && known->size() == 1)
      data[i]->clear_dims();
    return &*data[i];
  }
  size_t getNumOutputs() const override { return outputTypes.size(); }
  onnx::TypeProto *getOutputType(size_t i) override {
    return i < outputTypes.size() ? &outputTypes[i] : nullptr;
  }
  // Operators with subgraphs are not inferred here.
  onnx::GraphInferencer *
  getGraphAttributeInferencer(const std::string &) override {
    return nullptr;
  }
  const onnx::SparseTensorProto *getInputSparseData(size_t) const override {
    return nullptr;
  }
  const onnx::TensorShapeProto *getSymbolicInput(size_t) const override {
    return nullptr;
  }

private:
  const onnx::NodeProto &node;
  ArrayRef<ImportedValue *> inputs;
  std::vector<onnx::TypeProto> types;
  mutable std::vector<std::optional<onnx::TensorProto>> data;
  std::vector<onnx::TypeProto> outputTypes;
};
} // namespace

static Error readType(const onnx::TypeProto &type, bool isWeight,
                      ImportedValue &value) {
  if (!type.has_tensor_type())
    return createStringError("is not a tensor of known type");
  const auto &tensor = type.tensor_type();
  auto kind = isWeight ? weightKindFromOnnx(tensor.elem_type())
                       : elementKindFromOnnx(tensor.elem_type());
  if (!kind)
    return createStringError(
        "has an element type that is not supported: " +
        (onnx::TensorProto::DataType_IsValid(tensor.elem_type())
             ? onnx::TensorProto::DataType_Name(tensor.elem_type())
             : std::to_string(tensor.elem_type())));
  value.kind = *kind;
  if (!tensor.has_shape())
    return createStringError("has a shape that depends on data");
  for (const auto &dim : tensor.shape().dim()) {
    if (!dim.has_dim_value())
      return createStringError("has a shape that depends on data");
    value.shape.push_back(dim.dim_value());
  }
  if (!countElements(value.shape))
    return createStringError("has a negative or too large shape");
  return Error::success();
}

Expected<bool> inferTypes(const onnx::NodeProto &node,
                          const onnx::OpSchema &schema,
                          ArrayRef<ImportedValue *> inputs,
                          const BitVector &live,
                          MutableArrayRef<ImportedValue> outputs) {
  if (Error error = checkOperands(node, inputs))
    return std::move(error);
  bool replaced = false;
  Context context(node, inputs);
  std::string problem;
  try {
    schema.Verify(node);
    schema.GetTypeAndShapeInferenceFunction()(context);
    replaced = completeTypes(node, schema, inputs, context);
    schema.CheckInputOutputType(context);
  } catch (const std::exception &exception) {
    problem = oneLine(exception.what());
  }
  if (!problem.empty())
    return createStringError(problem);
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!live[i])
      continue;
    if (Error error = readType(*context.getOutputType(i),
                               node.op_type() == "Constant", outputs[i]))
      return createStringError("output " + Twine(i) + " " +
                               toString(std::move(error)));
  }
  return replaced;
}

} // namespace convopt
