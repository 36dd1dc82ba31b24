#include "StandardTypes.h"
#include "Bounds.h"
#include "SpatialSizes.h"
#include "onnx/defs/schema.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace convopt {

static bool isKnown(const onnx::TypeProto &type) {
  return type.has_tensor_type() && type.tensor_type().has_shape();
}

static bool allKnown(onnx::InferenceContext &context) {
  return all_of(seq(context.getNumOutputs()),
                [&](size_t i) { return isKnown(*context.getOutputType(i)); });
}

/// GreaterOrEqual and its like had a function body first and inference later.
/// What a later version infers holds for the earlier one, if it finds all it
/// needs (else it throws, or leaves the types as they are) and if it gives
/// types that the earlier one has: the mask of Dropout became bool.
static void inferByLaterVersion(const onnx::OpSchema &schema,
                                onnx::InferenceContext &context) {
  int version = schema.since_version();
  while (!allKnown(context)) {
    const onnx::OpSchema *later = nullptr;
    int newest = onnx::OpSchemaRegistry::DomainToVersionRange::Instance()
                     .Map()
                     .at("")
                     .second;
    for (int v = version + 1; v <= newest && !later; ++v) {
      later = onnx::OpSchemaRegistry::Schema(schema.Name(), v, "");
      if (later && later->since_version() <= version)
        later = nullptr;
    }
    if (!later || later->Deprecated())
      return;
    version = later->since_version();
    SmallVector<onnx::TypeProto> before;
    for (size_t i : seq(context.getNumOutputs()))
      before.push_back(*context.getOutputType(i));
    try {
      later->GetTypeAndShapeInferenceFunction()(context);
      schema.CheckInputOutputType(context);
    } catch (const std::exception &) {
      for (auto [i, type] : enumerate(before))
        *context.getOutputType(i) = type;
    }
  }
}

/// Max, Min, Mean and Sum take operands of one shape before opset 8; engines
/// broadcast all the same, as is the rule from then on.
static void inferBroadcast(const onnx::OpSchema &schema,
                           onnx::InferenceContext &context) {
  bool isMeant = StringSwitch<bool>(schema.Name())
                     .Cases("Max", "Min", "Mean", "Sum", true)
                     .Default(false);
  if (!isMeant || schema.since_version() >= 8)
    return;
  // Broadcasting appends to the sizes that are there.
  context.getOutputType(0)->mutable_tensor_type()->clear_shape();
  onnx::OpSchemaRegistry::Schema(schema.Name(), 8, "")
      ->GetTypeAndShapeInferenceFunction()(context);
}

/// Operators whose output is of the type of input 0, which no version infers.
static void inferLikeInput(const onnx::NodeProto &node,
                           onnx::InferenceContext &context) {
  bool likeInput =
      StringSwitch<bool>(node.op_type())
          .Cases("GroupNormalization", "MeanVarianceNormalization", true)
          .Default(false);
  if (likeInput && context.getInputType(0) && context.getNumOutputs())
    *context.getOutputType(0) = *context.getInputType(0);
}

/// ArrayFeatureExtractor takes a vector for a matrix of one row. The standard
/// does not say it, but ONNX Runtime and the reference do.
static void inferPickedRow(ArrayRef<ImportedValue *> inputs,
                           onnx::InferenceContext &context) {
  if (inputs.size() < 2 || !inputs[0] || !inputs[1] ||
      inputs[0]->shape.size() != 1)
    return;
  auto *tensor = context.getOutputType(0)->mutable_tensor_type();
  tensor->set_elem_type(elementKindToOnnx(inputs[0]->kind));
  tensor->clear_shape();
  tensor->mutable_shape()->add_dim()->set_dim_value(1);
  tensor->mutable_shape()->add_dim()->set_dim_value(
      *countElements(inputs[1]->shape));
}

/// Puts `spatial` behind the first two dimensions of an output.
static bool replaceSpatial(onnx::TypeProto &type, ArrayRef<int64_t> batch,
                           ArrayRef<int64_t> spatial) {
  onnx::TensorShapeProto shape;
  for (ArrayRef<int64_t> part : {batch, spatial})
    for (int64_t size : part)
      shape.add_dim()->set_dim_value(size);
  auto *tensor = type.mutable_tensor_type();
  bool changes = tensor->has_shape() && tensor->shape().SerializeAsString() !=
                                            shape.SerializeAsString();
  *tensor->mutable_shape() = shape;
  return changes;
}

/// Without onesided STFT gives half of the frequencies; inference takes it for
/// zero.
static bool halveFrequencies(const onnx::NodeProto &node,
                             onnx::TypeProto &type) {
  auto *shape = type.mutable_tensor_type()->mutable_shape();
  if (shape->dim_size() != 4 || any_of(node.attribute(), [](auto &attribute) {
        return attribute.name() == "onesided";
      }))
    return false;
  auto *bins = shape->mutable_dim(2);
  bins->set_dim_value(bins->dim_value() / 2 + 1);
  return true;
}

/// What is cut from or made of an axis without elements has none. Inference
/// gives a slice with a negative step one, and a resized axis no size.
static void keepEmptyAxes(ArrayRef<int64_t> input, onnx::TypeProto &type) {
  auto *shape = type.mutable_tensor_type()->mutable_shape();
  if (static_cast<size_t>(shape->dim_size()) != input.size())
    return;
  for (auto [i, size] : enumerate(input))
    if (size == 0)
      shape->mutable_dim(static_cast<int>(i))->set_dim_value(0);
}

/// Inference of GatherND adds the sizes one by one, and none for a scalar.
static void allowScalar(const onnx::NodeProto &node, ArrayRef<int64_t> input,
                        ArrayRef<int64_t> indices, onnx::TypeProto &type) {
  int64_t batch = 0;
  for (const onnx::AttributeProto &attribute : node.attribute())
    if (attribute.name() == "batch_dims")
      batch = attribute.i();
  // The rank of the result.
  if (batch == 0 && indices.size() == 1 &&
      indices[0] == static_cast<int64_t>(input.size()))
    type.mutable_tensor_type()->mutable_shape();
}

bool completeTypes(const onnx::NodeProto &node, const onnx::OpSchema &schema,
                   ArrayRef<ImportedValue *> inputs,
                   onnx::InferenceContext &context) {
  inferByLaterVersion(schema, context);
  inferBroadcast(schema, context);
  inferLikeInput(node, context);
  StringRef op = node.op_type();
  if (inputs.empty() || !inputs[0])
    return false;
  ArrayRef<int64_t> input = inputs[0]->shape;
  bool replaced = false;
  boundSizes(node, inputs, context);
  if (op == "MaxPool" || op == "AveragePool" || op == "LpPool") {
    if (auto spatial = poolSizes(node, input))
      for (size_t i = 0; i < context.getNumOutputs(); ++i)
        replaced |= replaceSpatial(*context.getOutputType(i),
                                   input.take_front(2), *spatial);
  } else if (op == "ConvTranspose" && inputs.size() > 1 && inputs[1] &&
             inputs[1]->shape.size() == input.size()) {
    int64_t groups = 1;
    for (const onnx::AttributeProto &attribute : node.attribute())
      if (attribute.name() == "group")
        groups = attribute.i();
    int64_t channels = inputs[1]->shape[1] * groups;
    if (auto spatial = convTransposeSizes(node, input))
      replaced = replaceSpatial(*context.getOutputType(0), {input[0], channels},
                                *spatial);
  }
  if (op == "ArrayFeatureExtractor")
    inferPickedRow(inputs, context);
  if (op == "Slice" || op == "Resize" || op == "Upsample")
    keepEmptyAxes(input, *context.getOutputType(0));
  if (op == "GatherND" && inputs[1])
    allowScalar(node, input, inputs[1]->shape, *context.getOutputType(0));
  if (op == "STFT")
    replaced |= halveFrequencies(node, *context.getOutputType(0));
  return replaced;
}

} // namespace convopt
